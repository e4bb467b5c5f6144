import { sealEntry } from "../domain/audit/body.js";
import type { SystemFact } from "../domain/bypass/entries.js";
import type { Actor } from "../domain/bypass/people.js";
import { NotRecorded } from "../lib/errors.js";
import type { Core } from "./core.js";
import type { SystemEntry } from "./ports.js";

/** Puts a fact that belongs to no bypass on record. `commandId` makes a second try harmless. */
export async function recordSystem(
  core: Pick<Core, "ledger" | "random">,
  entry: SystemEntry,
  actor: Actor,
  commandId: string,
): Promise<{ seq: number; head: string }> {
  const at = (await core.ledger.now()).toISOString();
  const stream = { kind: "system" } as const;
  const texts = entry.texts === undefined ? {} : { texts: entry.texts };
  const sealed = sealEntry<SystemFact>(
    { fact: entry.fact, actor, at, ...texts },
    { stream, version: null, commandId, nonce: () => core.random.hex(16) },
  );
  const result = await core.ledger.commit({
    commandId,
    stream,
    expectedVersion: 0,
    entries: [sealed],
    nextDueAt: null,
    effects: [],
  });
  if (!result.ok) throw new NotRecorded("not_recorded", new Error(result.detail ?? result.why));
  return { seq: result.lastSeq, head: result.head };
}
