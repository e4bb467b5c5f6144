import type { resolvePolicy } from "./resolve.js";

export type { Weekday } from "../calendar/days.js";
export type { Span } from "../calendar/deadlines.js";
export type { OfficeHours } from "../calendar/office-hours.js";
export type { ReminderRule } from "./spans.js";

/**
 * A policy that is right as a whole: every role and gate that it names exists. Durations are in seconds, times of day and
 * dates in `officeHours.timezone`. Made by `parsePolicy` alone; the types follow from the zod schema.
 */
export type Policy = ReturnType<typeof resolvePolicy>;

/** A check or approval that must pass. */
export type Gate = Policy["gates"][string];
/** A pre-defined emergency procedure. */
export type Path = Policy["paths"][string];
/** Who must approve, and what happens while nobody does. Times in seconds from the declaration. */
export type Ack = Path["ack"];
