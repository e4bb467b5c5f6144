import { isOnRecord } from "../domain/decisions/decision.js";
import { type Principal, personOfPrincipal } from "../domain/decisions/principal.js";
import { type RefusalCode, refusalKey } from "../domain/decisions/refusals.js";
import type { Actor } from "../domain/events/actor.js";
import { sealEntry } from "../domain/events/body.js";
import type { SystemEvent } from "../domain/events/catalogue/catalogue.js";
import { type CommandOrigin, originOfRefusal, withOrigin } from "../domain/events/origin.js";
import type { Notice } from "../domain/notices/effects.js";
import { type WebhookEffect, webhooksOfSystem } from "../domain/webhooks/effects.js";
import { NotRecorded } from "../lib/errors.js";
import type { AppContext } from "./app-context.js";
import type { SystemEntry, TextAddress } from "./ports/ports.js";

/**
 * Records an event that belongs to no bypass, with its effects and what webhooks are told of it. A second call with the same `commandId` changes
 * nothing, but one that somebody used up for other events does not keep it from being recorded; `redact` names a text that the same statement removes, and the origins that go with it. `origin` is that of a person's command. The caller wakes the effects; see {@link recordNotice}.
 * Returns `null` for an event of a gate that no longer fits the state of its item.
 */
export async function recordSystem(
  context: Pick<AppContext, "ledger" | "random" | "policy">,
  entry: SystemEntry,
  actor: Actor,
  commandId: string,
  given: readonly (Notice | WebhookEffect)[] = [],
  redact: { readonly text: TextAddress; readonly origins: readonly number[] } | null = null,
  origin: CommandOrigin | null = null,
): Promise<{ seq: number; head: string; duplicate: boolean; effects: readonly string[] } | null> {
  const at = (await context.ledger.now()).toISOString();
  const stream = { kind: "system" } as const;
  const texts = entry.texts === undefined ? {} : { texts: entry.texts };
  const entries = withOrigin<SystemEvent>([{ event: entry.event, actor, at, ...texts }], origin).map((one) =>
    sealEntry(one, { stream, version: null, commandId, nonce: () => context.random.hex(16) }),
  );
  const nothingDue = { expectedVersion: 0, nextDueAt: null, followUpAt: null };
  const effects = [...given, ...webhooksOfSystem(context.policy.current().policy.webhooks, entry.event, commandId)];
  const item = { ...nothingDue, commandId, stream, entries, effects, originShows: origin?.shows ?? [] };
  const result = await (redact === null
    ? context.ledger.commit(item)
    : context.ledger.redact(item, redact.text, redact.origins));
  if (!result.ok && result.why === "already_settled") return null;
  if (!result.ok && result.why === "id_used" && !commandId.includes("~")) {
    const own = `${commandId}~${context.random.hex(12)}`;
    return recordSystem(context, entry, actor, own, given, redact, origin);
  }
  if (!result.ok) throw new NotRecorded("not_recorded", new Error(result.detail ?? result.why));
  return {
    seq: result.lastSeq,
    head: result.head,
    duplicate: result.duplicate,
    effects: result.effects.map(({ id }) => id),
  };
}

const CLOCK: Actor = { kind: "system", part: "clock" };

/**
 * Records a notice and queues its effects, once per command id. Returns `false` when it was recorded before, or when it
 * no longer fits the state of the gate.
 */
export async function recordNotice(
  context: AppContext,
  entry: SystemEntry,
  commandId: string,
  effects: readonly Notice[],
  { actor, origin }: { readonly actor: Actor; readonly origin: CommandOrigin | null } = { actor: CLOCK, origin: null },
): Promise<boolean> {
  const recorded = await recordSystem(context, entry, actor, commandId, effects, null, origin);
  if (recorded === null || recorded.duplicate) return false;
  context.wake.effects(recorded.effects);
  return true;
}

/**
 * Records a refused attempt that belongs to no bypass, if an auditor would ask about it: once per account, action, code and
 * day, so that nobody fills the trail.
 */
export async function recordRefusedAttempt(
  context: AppContext,
  by: Principal,
  action: string,
  code: RefusalCode,
  origin: CommandOrigin | null,
): Promise<void> {
  if (!isOnRecord(code)) return;
  const actor = personOfPrincipal(by);
  const day = (await context.ledger.now()).toISOString().slice(0, 10);
  const commandId = `refused:${refusalKey(actor, action, code)}:${day}`;
  const entry = { event: { type: "attempt.refused", action, code } } as const;
  await recordSystem(context, entry, actor, commandId, [], null, originOfRefusal(origin));
}
