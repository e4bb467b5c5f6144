/** Why a Redis that answers takes no jobs, as words of `/readyz`. */
export type RedisRefusal =
  | "redis_full"
  | "redis_read_only"
  | "redis_cannot_save"
  | "redis_login"
  | "redis_database"
  | "redis_not_ready";

/** Redis puts its code first: `OOM command not allowed when used memory > 'maxmemory'.` */
const BY_CODE: Readonly<Record<string, RedisRefusal>> = {
  OOM: "redis_full",
  READONLY: "redis_read_only",
  NOREPLICAS: "redis_read_only",
  MISCONF: "redis_cannot_save",
  NOAUTH: "redis_login",
  WRONGPASS: "redis_login",
  NOPERM: "redis_login",
  LOADING: "redis_not_ready",
  MASTERDOWN: "redis_not_ready",
  CLUSTERDOWN: "redis_not_ready",
};

/** What an operator does about each. */
export const REFUSAL_HINTS: Readonly<Record<RedisRefusal, string>> = {
  redis_full: "Redis is full and takes no more keys. Raise its maxmemory, or see what else fills it.",
  redis_read_only: "REDIS_URL leads to a replica, which takes no writes. Give the address of the primary.",
  redis_cannot_save: "Redis cannot save to its disk and refuses writes. See its log, and its disk.",
  redis_login: "Redis refuses the user or password of REDIS_URL, or the user may not use the commands of a queue.",
  redis_database:
    "Redis has no database of the number in REDIS_URL. Choose a smaller one, or raise its setting databases.",
  redis_not_ready: "Redis is loading its data, or has lost its primary. It is tried again.",
};

const CODE = new RegExp(`\\b(${Object.keys(BY_CODE).join("|")})\\b`);

/** The refusal behind an error, or behind one that it was caused by; `null` for anything else. */
export function refusalOf(error: unknown): RedisRefusal | null {
  if (!(error instanceof Error)) return null;
  const message = error.message.replace(/^ReplyError:\s*/, "");
  if (/^ERR (?:DB index is out of range|invalid DB index)/.test(message)) return "redis_database";
  // A script of BullMQ wraps the code: "ERR Error running script … : OOM command not allowed …".
  const code = CODE.exec(message)?.[1] ?? "";
  return BY_CODE[code] ?? refusalOf(error.cause);
}
