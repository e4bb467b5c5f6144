import { personOfPrincipal } from "../../domain/decisions/principal.js";
import { answerGate, type GateAnswer } from "../../domain/gate/answer.js";
import { type GateItem, ownerOf } from "../../domain/gate/gate-item.js";
import type { GateAnswered, Who } from "../api.js";
import type { AppContext } from "../app-context.js";
import { loadPrincipal } from "../people/load-principal.js";
import { told } from "./flag-gates.js";
import { recordNotice } from "./record-notice.js";

/** What the owner of a sick gate says of it. A second answer under the same id changes nothing. */
export async function answerForGate(
  context: AppContext,
  who: Who,
  gate: string,
  item: number,
  answer: GateAnswer,
  commandId: string,
): Promise<GateAnswered> {
  if (await context.ledger.known(commandId)) return { ok: true, gate };
  const { decision, owner, by } = await judged(context, who, gate, item, answer);
  if (!decision.ok) return { ok: false, code: decision.code, owner };
  const entry = { event: decision.event, texts: { reason: decision.reason } };
  const taken = await recordNotice(context, entry, commandId, told(decision.event), personOfPrincipal(by));
  return taken ? { ok: true, gate } : { ok: false, code: "gate_item_closed", owner };
}

/** What stands in the way before a form is opened; `null` when nothing does. Changes nothing. */
export async function mayAnswerForGate(
  context: AppContext,
  who: Who,
  gate: string,
  item: number,
): Promise<Extract<GateAnswered, { ok: false }> | null> {
  const asked = { type: "fix_gate", how: "changed", reason: "asked" } as const;
  const { decision, owner } = await judged(context, who, gate, item, asked);
  return decision.ok ? null : { ok: false, code: decision.code, owner };
}

async function judged(context: AppContext, who: Who, gate: string, number: number, answer: GateAnswer) {
  const { policy } = context.policy.current();
  const item: GateItem | null = (await context.queries.gateItems()).find((one) => one.gate === gate) ?? null;
  const owner = item === null ? null : ownerOf(policy, item);
  const by = await loadPrincipal(context, who.user, owner === null ? [] : [owner]);
  const now = (await context.ledger.now()).toISOString();
  return { decision: answerGate(policy, item, number, by, answer, now), owner, by };
}
