import { dueAt } from "../../calendar/deadlines.js";
import { AS_RECORDED } from "../../decisions/texts.js";
import type { GateEvent } from "../../events/catalogue/gate.js";
import { answerGate, type GateAnswer } from "../../gate/answer.js";
import { followUpGate, type GateItem } from "../../gate/gate-item.js";
import { sickBecause } from "../../gate/readings.js";
import type { Policy } from "../../policy/policy.js";
import { REFUSED } from "./refused.js";
import { anyDay } from "./reviews.js";
import { type Act, anyAllows, byRoles, differentField, type EventOf, type RulesInForce } from "./rules-in-force.js";

/**
 * How long before its entry an event of a gate may have been decided. Its time is read for the decision and again for
 * the entry, and many gates may be handled in between.
 */
const DECIDED_BEFORE_MS = 5 * 60_000;

/** Judges an event of a gate. `item` is the newest item of the gate before it. */
export function gateByPolicy(
  rules: RulesInForce,
  act: Act,
  event: GateEvent,
  item: GateItem | null,
): readonly string[] {
  const { at } = act;
  switch (event.type) {
    case "gate.flagged":
      return anyAllows(rules.inForce, (policy) => flagFault(policy, event, item, at));
    case "gate.recovered":
      return anyAllows(rules.inForce, ({ thermometer: { sickAt } }) =>
        event.count < sickAt ? null : "closes the item of a gate that is still sick by the policy on record",
      );
    case "gate.reminded":
    case "gate.overdue":
      return item === null
        ? []
        : anyAllows(rules.inForce, (policy) =>
            moments(at)
              .flatMap((moment) => followUpGate(policy, item, moment))
              .some((due) => due.type === event.type && differentField(due, event) === null)
              ? null
              : REFUSED.nothing_due,
          );
    case "gate.fixed":
      return answered(rules, act, item, { type: "fix_gate", how: event.how, reason: AS_RECORDED });
    case "gate.put_off":
      return anyDay(rules.inForce, event.until, at, (until) =>
        answered(rules, act, item, { type: "put_off_gate", until, reason: AS_RECORDED }),
      );
    default:
      return event satisfies never;
  }
}

/** What is wrong with flagging the gate, by the counts that the entry names; `null` when nothing is. */
function flagFault(policy: Policy, event: EventOf<"gate.flagged">, item: GateItem | null, at: string): string | null {
  const { thermometer, officeHours, gates } = policy;
  const { count, reviewed, atFault, windowSeconds, because, owner } = event;
  if (because !== sickBecause(count, reviewed, atFault, thermometer.sickAt))
    return "flags a gate that is not sick by the policy on record";
  if (windowSeconds !== thermometer.windowSeconds) return "counts over another window than the policy on record";
  if (owner !== (gates[event.gate]?.owner ?? item?.owner))
    return "gives the gate another owner than the policy on record";
  const [by, from] = moments(at).map((moment) =>
    dueAt(new Date(moment), thermometer.fixWithin, officeHours).toISOString(),
  );
  const isDueThen = by !== undefined && from !== undefined && from <= event.dueAt && event.dueAt <= by;
  return isDueThen ? null : "gives another time to fix the gate than the policy on record";
}

/** The answer of an owner, decided again. */
function answered(rules: RulesInForce, act: Act, item: GateItem | null, answer: GateAnswer): readonly string[] {
  if (item === null) return [];
  return byRoles(rules, act, rules.inForce, (policy, by) => {
    const decisions = moments(act.at).map((moment) => answerGate(policy, item, item.item, by, answer, moment));
    const taken = decisions.filter((decision) => decision.ok);
    const [refused] = decisions.filter((decision) => !decision.ok);
    if (taken.some((decision) => differentField(decision.event, act.event) === null)) return null;
    return taken.length > 0 || refused === undefined
      ? "records another answer for the gate than the rules give"
      : REFUSED[refused.code];
  });
}

/** The time of an entry, and the earliest at which it may have been decided. */
const moments = (at: string): readonly string[] => [at, new Date(Date.parse(at) - DECIDED_BEFORE_MS).toISOString()];
