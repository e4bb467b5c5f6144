import { accountRefusal, holdsOne } from "../decisions/persons.js";
import { type Principal, roleAsOf } from "../decisions/principal.js";
import type { RefusalCode } from "../decisions/refusals.js";
import { checkText } from "../decisions/texts.js";
import type { GateEvent } from "../events/catalogue/gate.js";
import type { Policy } from "../policy/policy.js";
import { putOffEnd } from "../reminders/put-off.js";
import { type GateItem, ownerOf } from "./gate-item.js";

/**
 * What the owner of a sick gate may answer. `reason` is as typed; `until` is a calendar day in the office-hours zone.
 */
export type GateAnswer =
  | { readonly type: "fix_gate"; readonly how: "changed" | "retired"; readonly reason: string }
  | { readonly type: "put_off_gate"; readonly until: string; readonly reason: string };

/** The event and the reason to record, or the code of the refusal. */
export type GateDecision =
  | { readonly ok: true; readonly event: GateEvent; readonly reason: string }
  | { readonly ok: false; readonly code: RefusalCode };

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
  if (item.status !== "open" || item.item !== number) return refuse("gate_item_closed");
  const reason = checkText(answer.reason);
  if (!reason.ok) return refuse(reason.code);
  const fields = { gate: item.gate, item: item.item, roleAsOf: roleAsOf(by) };
  if (answer.type === "fix_gate") {
    return { ok: true, event: { type: "gate.fixed", how: answer.how, ...fields }, reason: reason.text };
  }
  const until = putOffEnd(answer.until, policy.officeHours, now);
  if (until === null) return refuse("date_invalid");
  return { ok: true, event: { type: "gate.put_off", until, ...fields }, reason: reason.text };
}
