import { type Principal, roleAsOf } from "../decisions/principal.js";
import type { Refusal, RefusalCode } from "../decisions/refusals.js";
import { accountRefusal, holdsOne } from "../decisions/same-person.js";
import { checkText, type WithTexts } from "../decisions/texts.js";
import type { GateEvent } from "../events/catalogue/gate.js";
import type { Policy } from "../policy/policy.js";
import type { FollowUp } from "../reminders/due-now.js";
import { putOffEnd } from "../reminders/put-off.js";
import { type GateItem, gateFollowUp, ownerOf } from "./gate-item.js";

/**
 * What the owner of a sick gate may answer. `reason` is as typed; `until` is a calendar day in the office-hours zone.
 */
export type GateAnswer = WithTexts &
  (
    | { readonly type: "fix_gate"; readonly how: "changed" | "retired"; readonly reason: string }
    | { readonly type: "put_off_gate"; readonly until: string; readonly reason: string }
  );

/** The event and the reason to record, or the refusal. */
export type GateDecision =
  | { readonly ok: true; readonly event: GateEvent; readonly reason: string }
  | ({ readonly ok: false } & Refusal);

const refuse = (code: RefusalCode): GateDecision => ({ ok: false, code });

/** Decides on the owner's answer: the gate was changed or retired, or its open item is put off. Both need a reason. */
export function answerGate(
  policy: Policy,
  item: GateItem | null,
  number: number,
  by: Principal,
  answer: GateAnswer,
  now: string,
): GateDecision {
  if (item === null) return refuse("no_such_gate_item");
  const refused = accountRefusal(by);
  if (refused !== null) return refuse(refused);
  if (!holdsOne(by, [ownerOf(policy, item)])) return refuse("not_gate_owner");
  const followUp = gateFollowUp(policy, item);
  if (followUp === null || item.item !== number) return refuse("gate_item_closed");
  const read = readAnswer(followUp, answer, now);
  if ("refusal" in read) return { ok: false, ...read.refusal };
  const reason = checkText(answer.reason, answer);
  if (!reason.ok) return reason;
  const event: GateEvent = { ...read, gate: item.gate, item: item.item, roleAsOf: roleAsOf(by) };
  return { ok: true, event, reason: reason.text };
}

/** What the answer records about the item, or why it cannot be put off until that day. */
function readAnswer(followUp: FollowUp, answer: GateAnswer, now: string) {
  if (answer.type === "fix_gate") return { type: "gate.fixed", how: answer.how } as const;
  const end = putOffEnd(followUp, answer.until, now);
  if ("refusal" in end) return end;
  return { type: "gate.put_off", ...end, count: followUp.progress.putOffs + 1 } as const;
}
