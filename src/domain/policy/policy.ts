import type { resolvePolicy } from "./resolve.js";

export type { ReminderRule, Span } from "./spans.js";

/**
 * A policy that is right as a whole: every role and gate that it names exists. Durations are in seconds, times of day and
 * dates in `officeHours.timezone`. Made by `parsePolicy` alone; the types follow from the zod schema.
 */
export type Policy = ReturnType<typeof resolvePolicy>;

/** Who holds a role: the members of a user group, the listed accounts, or both. */
export type Role = Policy["roles"][string];
/** The accounts of one human. */
export type Person = Policy["people"][string];
/** A right beside the paths. */
export type Right = keyof Policy["rights"];
/** A check or approval that must pass. */
export type Gate = Policy["gates"][string];
/** A pre-defined emergency procedure. */
export type Path = Policy["paths"][string];
/** What a path asks of a declaration, beside the reason. */
export type Requires = Path["requires"];
/** Who must approve, and what happens while nobody does. Times in seconds from the declaration. */
export type Ack = Path["ack"];
/** One step of the ladder. */
export type Rung = Ack["escalate"][number];
/** When the look-back is due and who is reminded. */
export type ReviewRule = Path["review"];
/** When a gate is warm or sick. */
export type Thermometer = Policy["thermometer"];
/** The calendar in which business days are counted. */
export type OfficeHours = Policy["officeHours"];
/** `mon` to `sun`. */
export type Weekday = OfficeHours["days"][number];
/** The weekly summary; `channel` null means that none is posted. */
export type Digest = Policy["digest"];
