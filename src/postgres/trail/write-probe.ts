import { z } from "zod";
import type { PostgresTrouble } from "../../usecases/ports/readyz-words.js";
import {
  type Database,
  DatabaseUnavailable,
  DeadlineExceeded,
  isOfTheSession,
  StatementRefused,
} from "../connection/database.js";
import { HELD, HOSTILE_PATH, troubleOf } from "../connection/trouble.js";

/** Whether the trail could be written now: the database's time if it could, else the word for what is wrong. */
export type WriteProof = { readonly now: Date } | { readonly trouble: PostgresTrouble };

/** Called when what is wrong changes; `null` when nothing is any more. `error` carries no values. */
export type OnTrouble = (trouble: PostgresTrouble | null, error: unknown) => void;

/** Short enough for two tries before a probe of Kubernetes or the health check gives up. In milliseconds. */
const TRY_MS = 1_100;
const TRIES = 2;

const row = z.object({ now: z.date(), path: z.string() });

/** Whether functions and operators of others could stand in for those of PostgreSQL in the bot's own statements. */
const isHostile = (searchPath: string): boolean =>
  searchPath
    .split(",")
    .map((schema) => schema.trim().replaceAll('"', ""))
    .indexOf("pg_catalog") > 0;

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
        const rows = await db.query(
          (sql) => sql`
            SELECT breakglass.can_write() AS now, pg_catalog.current_setting('search_path') AS path`,
          { label: "can write", deadlineMs: TRY_MS },
        );
        const { now, path } = row.parse(rows[0]);
        if (isHostile(path)) throw new StatementRefused("can write", HOSTILE_PATH, undefined, undefined);
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
  // Under a heavy load the others may only be slow.
  if (error instanceof StatementRefused && error.code === HELD) return true;
  return isOfTheSession(error) || error instanceof DatabaseUnavailable || error instanceof DeadlineExceeded;
}
