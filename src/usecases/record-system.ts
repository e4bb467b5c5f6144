import type { Actor } from "../domain/events/actor.js";
import { sealEntry } from "../domain/events/body.js";
import type { SystemEvent } from "../domain/events/catalogue/catalogue.js";
import type { Notice } from "../domain/notices/effects.js";
import { NotRecorded } from "../lib/errors.js";
import type { AppContext } from "./app-context.js";
import type { SystemEntry } from "./ports/ports.js";

/**
 * Records an event that belongs to no bypass, with its effects. A second call with the same `commandId` changes
 * nothing; `redact` names a text that the same statement removes. The caller wakes the effects; see `recordNotice`.
 * Returns `null` for an event of a gate that no longer fits the state of its item.
 */
export async function recordSystem(
  context: Pick<AppContext, "ledger" | "random">,
  entry: SystemEntry,
  actor: Actor,
  commandId: string,
  effects: readonly Notice[] = [],
  redact: Parameters<AppContext["ledger"]["redact"]>[1] | null = null,
): Promise<{ seq: number; head: string; duplicate: boolean; effects: readonly string[] } | null> {
  const at = (await context.ledger.now()).toISOString();
  const stream = { kind: "system" } as const;
  const texts = entry.texts === undefined ? {} : { texts: entry.texts };
  const sealed = sealEntry<SystemEvent>(
    { event: entry.event, actor, at, ...texts },
    { stream, version: null, commandId, nonce: () => context.random.hex(16) },
  );
  const item = { commandId, stream, expectedVersion: 0, entries: [sealed], nextDueAt: null, followUpAt: null, effects };
  const result = await (redact === null ? context.ledger.commit(item) : context.ledger.redact(item, redact));
  if (!result.ok && result.why === "settled") return null;
  if (!result.ok) throw new NotRecorded("not_recorded", new Error(result.detail ?? result.why));
  return {
    seq: result.lastSeq,
    head: result.head,
    duplicate: result.duplicate,
    effects: result.effects.map(({ id }) => id),
  };
}
