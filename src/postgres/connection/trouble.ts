import type { PostgresTrouble } from "../../usecases/ports/readyz-words.js";
import { DatabaseUnavailable, StatementRefused } from "./errors.js";

/** The code of our own function when another session holds the head of the trail. */
export const HELD = "BG011";
/** The code for a search path that would put foreign functions before those of PostgreSQL. */
export const HOSTILE_PATH = "BG013";

/** Returns the word of `/readyz` for an error of a `Database`. */
export function troubleOf(error: unknown): PostgresTrouble {
  if (!(error instanceof StatementRefused || error instanceof DatabaseUnavailable)) return "postgres";
  // What our own function has found: the name of a setting.
  if (error instanceof StatementRefused && error.code === "BG010") {
    return TIMEOUTS.find((word) => word === `postgres_${error.raised}`) ?? "postgres";
  }
  return BY_CODE.find(([codes]) => codes.test(error.code))?.[1] ?? "postgres";
}

const TIMEOUTS = ["postgres_statement_timeout", "postgres_lock_timeout", "postgres_transaction_timeout"] as const;

/** By SQLSTATE, or by a code of the driver or the operating system. */
const BY_CODE: readonly (readonly [RegExp, PostgresTrouble])[] = [
  [/^(25006|READ_ONLY_SERVER)$/, "postgres_read_only"],
  [/^53100$/, "postgres_disk_full"],
  [/^57014$/, "postgres_statement_timeout"],
  [/^55P03$/, "postgres_lock_timeout"],
  [/^25P04$/, "postgres_transaction_timeout"],
  [/^25001$/, "postgres_isolation"],
  [new RegExp(`^${HELD}$`), "postgres_held"],
  // A library that cannot be loaded, and timeouts of idle sessions.
  [new RegExp(`^(${HOSTILE_PATH}|58P01|57P05|25P03)$`), "postgres_settings"],
  [/^(42501|42883|42P01|3F000)$/, "postgres_rights"],
  [/^(26000|42P05|08P01|UNKNOWN_PARAMETER.*)$/, "postgres_pooler"],
  [/^(28...|3D000)$/, "postgres_login"],
  [/^TLS_/, "postgres_tls"],
  [/^53300$/, "postgres_too_many_connections"],
];
