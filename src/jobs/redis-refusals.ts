import { causesOf } from "../lib/causes.js";
import type { RedisRefusal } from "../usecases/ports/readyz-words.js";

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

const CODE = new RegExp(`\\b(${Object.keys(BY_CODE).join("|")})\\b`);

/** The refusal behind an error, or behind one that it was caused by; `null` for anything else. */
export function refusalOf(error: unknown): RedisRefusal | null {
  return causesOf(error).flatMap(({ message }) => refusalIn(message) ?? [])[0] ?? null;
}

function refusalIn(text: string): RedisRefusal | null {
  const message = text.replace(/^ReplyError:\s*/, "");
  if (/^ERR (?:DB index is out of range|invalid DB index)/.test(message)) return "redis_database";
  // A script of BullMQ wraps the code: "ERR Error running script … : OOM command not allowed …".
  const code = CODE.exec(message)?.[1] ?? "";
  return BY_CODE[code] ?? null;
}
