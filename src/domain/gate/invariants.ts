import type { GateEvent } from "../events/catalogue/gate.js";
import { isMoment } from "../events/invariants.js";
import { NOT_FOLLOWED_UP, slotViolations } from "../reminders/due-now.js";
import { putOffViolations } from "../reminders/put-off.js";
import type { GateItem } from "./gate-item.js";

/** The longest id of a gate. */
const LONGEST_GATE = 63;

/**
 * Invariants of the items of a gate: numbered from 1 without gaps, at most one open at a time, and no event on an item
 * that is not open. `before` is its newest item, `null` before the first.
 * @returns each violation as the rest of a sentence that begins with "Entry 12"
 */
export function gateViolations(before: GateItem | null, event: GateEvent, at: string): readonly string[] {
  if (event.type === "gate.flagged") return flagViolations(before, event);
  const isOpen = before?.status === "open" && before.item === event.item;
  const violations = isOpen ? [] : [`records ${event.type} of a gate item that is not open`];
  switch (event.type) {
    case "gate.reminded":
    case "gate.overdue":
      return [...violations, ...slotViolations(event.slot, at)];
    case "gate.put_off":
      return [
        ...violations,
        ...(event.count === (before?.progress.putOffs ?? 0) + 1 ? [] : ["counts the put-offs of a gate item wrong"]),
        ...putOffViolations(before?.progress ?? NOT_FOLLOWED_UP, event.until, at),
      ];
    case "gate.recovered":
      return event.count < 0 ? [...violations, "counts less than nothing"] : violations;
    case "gate.fixed":
      return violations;
    default:
      return event satisfies never;
  }
}

function flagViolations(
  before: GateItem | null,
  event: Extract<GateEvent, { type: "gate.flagged" }>,
): readonly string[] {
  const { gate, item, owner, dueAt, count, reviewed, atFault, windowSeconds, bypasses } = event;
  const violations: string[] = [];
  if (before?.status === "open") violations.push("flags a gate that has an open item");
  if (item !== (before?.item ?? 0) + 1) violations.push("counts the items of a gate wrong");
  if (gate === "" || gate.length > LONGEST_GATE) violations.push("flags a gate that no policy could name");
  if (owner === "") violations.push("flags a gate without an owner");
  if (!isMoment(dueAt)) violations.push("flags a gate to be fixed by no moment");
  if ([count, reviewed, atFault, windowSeconds, ...bypasses].some((number) => number < 0))
    violations.push("counts less than nothing");
  return violations;
}
