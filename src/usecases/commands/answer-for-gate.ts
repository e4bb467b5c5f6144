import { personOfPrincipal } from "../../domain/decisions/principal.js";
import { refusalOf } from "../../domain/decisions/refusals.js";
import { answerGate, type GateAnswer } from "../../domain/gate/answer.js";
import { type GateItem, ownerOf } from "../../domain/gate/gate-item.js";
import type { GateAnswered, Who } from "../api.js";
import type { AppContext } from "../app-context.js";
import { loadPrincipal } from "../people/load-principal.js";
import { recordNotice } from "../record-system.js";
import { noticesFor } from "./check-gates.js";

/** Records the answer of a sick gate's owner. A second call with the same id changes nothing. */
export async function answerForGate(
  context: AppContext,
  who: Who,
  gate: string,
  item: number,
  answer: GateAnswer,
  commandId: string,
): Promise<GateAnswered> {
  if (await context.ledger.known(commandId)) return { ok: true, gate };
  const { decision, owner, by } = await judge(context, who, gate, item, answer);
  if (!decision.ok) return { ok: false, ...refusalOf(by, decision.code), owner };
  const entry = { event: decision.event, texts: { reason: decision.reason } };
  const recorded = await recordNotice(context, entry, commandId, noticesFor(decision.event), personOfPrincipal(by));
  return recorded ? { ok: true, gate } : { ok: false, code: "gate_item_closed", owner };
}

/** The refusal that an answer would meet, checked before a form opens; `null` when it is allowed. Records nothing. */
export async function mayAnswerForGate(
  context: AppContext,
  who: Who,
  gate: string,
  item: number,
): Promise<Extract<GateAnswered, { ok: false }> | null> {
  const validAnswer = { type: "fix_gate", how: "changed", reason: "asked" } as const;
  const { decision, owner, by } = await judge(context, who, gate, item, validAnswer);
  return decision.ok ? null : { ok: false, ...refusalOf(by, decision.code), owner };
}

async function judge(context: AppContext, who: Who, gate: string, number: number, answer: GateAnswer) {
  const { policy } = context.policy.current();
  const item: GateItem | null =
    (await context.queries.gateItems()).find((candidate) => candidate.gate === gate) ?? null;
  const owner = item === null ? null : ownerOf(policy, item);
  const by = await loadPrincipal(context, who.user, owner === null ? [] : [owner]);
  const now = (await context.ledger.now()).toISOString();
  return { decision: answerGate(policy, item, number, by, answer, now), owner, by };
}
