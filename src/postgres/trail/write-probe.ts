import { z } from "zod";
import {
  type Database,
  DatabaseUnavailable,
  DeadlineExceeded,
  isOfTheSession,
  StatementRefused,
} from "../connection/database.js";

/** Whether the trail could be written now: the database's time if it could, else the word for what is wrong. */
export type WriteProof = { readonly now: Date } | { readonly trouble: PostgresTrouble };

/** Why the trail cannot be written, as words of `/readyz`; docs/operating.md explains each. */
export const POSTGRES_TROUBLES = [
  "postgres",
  "postgres_read_only",
  "postgres_disk_full",
  "postgres_statement_timeout",
  "postgres_lock_timeout",
  "postgres_transaction_timeout",
  "postgres_isolation",
  "postgres_rights",
  "postgres_pooler",
  "postgres_login",
  "postgres_tls",
  "postgres_too_many_connections",
] as const;
export type PostgresTrouble = (typeof POSTGRES_TROUBLES)[number];

/** Called when what is wrong changes; `null` when nothing is any more. `error` carries no values. */
export type OnTrouble = (trouble: PostgresTrouble | null, error: unknown) => void;

/** Short enough for two tries before a probe of Kubernetes or the health check gives up. In milliseconds. */
const TRY_MS = 900;
const TRIES = 2;

const row = z.object({ now: z.date() });

/**
 * Returns a function that writes as a commit does, and says what keeps it from that. Tries a second time after a failure
 * that another connection may not have, so that one dead connection is not told as a dead database.
 */
export function createWriteProbe(db: Database, onTrouble: OnTrouble = () => {}): () => Promise<WriteProof> {
  let last: PostgresTrouble | null = null;
  const tell = (trouble: PostgresTrouble | null, error: unknown): void => {
    if (trouble !== last) onTrouble(trouble, error);
    last = trouble;
  };
  return async () => {
    for (let attempt = 1; ; attempt += 1) {
      try {
        const rows = await db.query((sql) => sql`SELECT breakglass.can_write() AS now`, {
          label: "can write",
          deadlineMs: TRY_MS,
        });
        const { now } = row.parse(rows[0]);
        tell(null, null);
        return { now };
      } catch (error) {
        if (attempt < TRIES && isOfTheConnection(error)) continue;
        const trouble = troubleOf(error);
        tell(trouble, error);
        return { trouble };
      }
    }
  };
}

/** A refusal may be that of an old connection, from before a failover; all are replaced by then. */
function isOfTheConnection(error: unknown): boolean {
  return isOfTheSession(error) || error instanceof DatabaseUnavailable || error instanceof DeadlineExceeded;
}

/** Returns the word for an error of a `Database`. */
export function troubleOf(error: unknown): PostgresTrouble {
  if (!(error instanceof StatementRefused || error instanceof DatabaseUnavailable)) return "postgres";
  // What our own function has found: the name of a setting.
  if (error instanceof StatementRefused && error.code === "BG010") {
    return TIMEOUTS.find((word) => word === `postgres_${error.raised}`) ?? "postgres";
  }
  return WORDS.find(([codes]) => codes.test(error.code))?.[1] ?? "postgres";
}

const TIMEOUTS = ["postgres_statement_timeout", "postgres_lock_timeout", "postgres_transaction_timeout"] as const;

/** By SQLSTATE, or by a code of the driver or the operating system. */
const WORDS: readonly (readonly [RegExp, PostgresTrouble])[] = [
  [/^(25006|READ_ONLY_SERVER)$/, "postgres_read_only"],
  [/^53100$/, "postgres_disk_full"],
  [/^57014$/, "postgres_statement_timeout"],
  [/^55P03$/, "postgres_lock_timeout"],
  [/^25P04$/, "postgres_transaction_timeout"],
  [/^25001$/, "postgres_isolation"],
  [/^(42501|42883|42P01|3F000)$/, "postgres_rights"],
  [/^(26000|42P05|08P01|UNKNOWN_PARAMETER.*)$/, "postgres_pooler"],
  [/^(28...|3D000)$/, "postgres_login"],
  [/^TLS_/, "postgres_tls"],
  [/^53300$/, "postgres_too_many_connections"],
];
