import { z } from "zod";
import type { PostgresTrouble } from "../../usecases/ports/readyz-words.js";
import { type Database, DatabaseUnavailable, DeadlineExceeded, isOfTheSession } from "../connection/database.js";
import { troubleOf } from "../connection/trouble.js";

/** Whether the trail could be written now: the database's time if it could, else the word for what is wrong. */
export type WriteProof = { readonly now: Date } | { readonly trouble: PostgresTrouble };

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
