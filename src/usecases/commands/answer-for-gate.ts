import { personOfPrincipal } from "../../domain/decisions/principal.js";
import { refusalOf } from "../../domain/decisions/refusals.js";
import { answerGate, type GateAnswer } from "../../domain/gate/answer.js";
import { ownerOf } from "../../domain/gate/gate-item.js";
import { noticesOf } from "../../domain/notices/notices-of.js";
import type { Caller, GateAnswered, GateFormAllowed, Who } from "../api.js";
import type { AppContext } from "../app-context.js";
import { loadPrincipal } from "../people/load-principal.js";
import type { GateItemRef } from "../ports/bypass-ref.js";
import { recordNotice } from "../record-system.js";

/** Records the answer of a sick gate's owner. A second call with the same id changes nothing. */
export async function answerForGate(
  context: AppContext,
  who: Caller,
  ref: GateItemRef,
  answer: GateAnswer,
  commandId: string,
): Promise<GateAnswered> {
  const { gate } = ref;
  if (await context.ledger.known(commandId)) return { ok: true, gate };
  const { decision, owner, by } = await judge(context, who, ref, answer);
  if (!decision.ok) return { ...decision, ...refusalOf(by, decision.code), owner };
  const entry = { event: decision.event, texts: { reason: decision.reason } };
  const source = { actor: personOfPrincipal(by), origin: who.origin };
  const recorded = await recordNotice(context, entry, commandId, noticesOf(decision.event), source);
  return recorded ? { ok: true, gate } : { ok: false, code: "gate_item_closed", owner };
}

/** Whether the form of that answer may be opened, and with which days. Records nothing. */
export async function mayAnswerForGate(
  context: AppContext,
  who: Who,
  ref: GateItemRef,
  type: GateAnswer["type"],
): Promise<GateFormAllowed> {
  const asked: GateAnswer =
    type === "fix_gate" ? { type, how: "changed", reason: "asked" } : { type, until: "", reason: "asked" };
  const { decision, owner, by } = await judge(context, who, ref, asked);
  if (decision.ok) return { ok: true, days: [] };
  // No day was named yet.
  if (decision.code === "date_invalid") return { ok: true, days: decision.days ?? [] };
  return { ...decision, ...refusalOf(by, decision.code), owner };
}

async function judge(context: AppContext, who: Who, { gate, item: number, identity }: GateItemRef, answer: GateAnswer) {
  const { policy } = context.policy.current();
  const item = (await context.queries.gateItems()).find((candidate) => candidate.gate === gate) ?? null;
  const owner = item === null ? null : ownerOf(policy, item);
  const by = await loadPrincipal(context, who.user, owner === null ? [] : [owner]);
  const now = (await context.ledger.now()).toISOString();
  const decision = answerGate(policy, item, number, by, answer, now);
  // Numbers of items are given again after a backup was restored; the hash of the entry that opened one is not.
  const isOther = item?.item === number && item.identity !== identity;
  return { decision: isOther ? ({ ok: false, code: "other_gate_item" } as const) : decision, owner, by };
}
