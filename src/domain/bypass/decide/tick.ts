import { accept, bySystem, type Decision, refuse } from "../../decisions/decision.js";
import type { NewEntry } from "../../events/entries.js";
import { hasGivenUp, isStepDue, reminderAt, warningAt } from "../due.js";
import { evolve } from "../evolve.js";
import type { Bypass } from "../state.js";
import { expiry, isOver } from "./end-of-grant.js";
import { lapse } from "./settlement.js";

/**
 * Records whatever the passing of time has made due. After downtime several things may be due at once: each is
 * recorded, but missed reminders collapse into one.
 */
export function tick(state: Bypass, at: string): Decision {
  const entries: NewEntry[] = [];
  let current = state;
  const record = (...due: readonly NewEntry[]): void => {
    for (const entry of due) {
      entries.push(entry);
      current = evolve(current, { event: entry.event, actor: entry.actor, at, version: current.version + 1 });
    }
  };
  if (current.status === "requested") {
    record(...stepsDue(current, at));
    if (hasGivenUp(current, at)) record(...lapse(at, "no_ack"));
    else record(...reminderDue(current, at));
  }
  if (current.status === "active") {
    if (isOver(current, at)) record(expiry(at));
    else if (!current.grant.warned && Date.parse(at) >= warningAt(current))
      record(bySystem("clock", at, { type: "grant.warned" }));
  }
  return entries.length === 0 ? refuse("nothing_due") : accept(...entries);
}

function stepsDue(state: Bypass, at: string): readonly NewEntry[] {
  return state.steps.flatMap((step, index) =>
    step.raisedAt === null && isStepDue(state, step, at)
      ? [bySystem("clock", at, { type: "ack.escalated", step: index, role: step.role })]
      : [],
  );
}

function reminderDue(state: Bypass, at: string): readonly NewEntry[] {
  if (reminderAt(state) > Date.parse(at)) return [];
  const elapsed = Date.parse(at) - Date.parse(state.declaredAt);
  const count = Math.floor(elapsed / (state.ack.remindEverySeconds * 1000));
  return [bySystem("clock", at, { type: "ack.reminded", count })];
}
