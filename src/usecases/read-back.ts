import { NotRecorded } from "../lib/errors.js";
import type { AppContext } from "./app-context.js";
import type { BypassRecord } from "./ports/ports.js";

/**
 * Reads the bypass that was changed this moment.
 * @throws NotRecorded `not_shown` when only this fails: nobody must hear that nothing was changed
 */
export async function readBack(context: Pick<AppContext, "queries">, n: number): Promise<BypassRecord> {
  const record = await context.queries.record(n).catch((fault: unknown) => {
    throw fault instanceof NotRecorded ? new NotRecorded("not_shown", fault) : fault;
  });
  if (record === null) throw new Error(`Bypass ${n} was changed but cannot be read back.`);
  return record;
}

/** Reads the bypass for the sentence of a refusal; `null` when it cannot be read, since the refusal holds all the same. */
export async function readForRefusal(context: Pick<AppContext, "queries">, n: number): Promise<BypassRecord | null> {
  return context.queries.record(n).catch((fault: unknown) => {
    if (fault instanceof NotRecorded) return null;
    throw fault;
  });
}
