import { memoisePerOwner } from "../../lib/memoise.js";
import type { Span } from "../calendar/deadlines.js";

/** The syntax of a duration in the policy: an integer without leading zeros, then `s`, `m`, `h` or `d`. */
const DURATION = String.raw`(?:0|[1-9]\d{0,8})[smhd]`;

/** Matches a text that is exactly one duration. */
export const DURATION_PATTERN = new RegExp(`^${DURATION}$`);

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const SECONDS_IN: Readonly<Record<string, number>> = { s: 1, m: MINUTE, h: HOUR, d: DAY };

/** The longest duration that any key of the policy accepts, in seconds (ten years of 365 days). */
export const LONGEST_DURATION_SECONDS = 3650 * DAY;

/** The longest bypass, in seconds (24 hours): anything longer is permanent access, not an emergency. */
export const LONGEST_BYPASS_SECONDS = DAY;

/**
 * Reads a duration such as `90s`, `60m`, `2h` or `30d`.
 * @returns the seconds, 0 included, or null when the text is not a duration
 */
export function parseDuration(text: string): number | null {
  const unit = SECONDS_IN[text.slice(-1)];
  return DURATION_PATTERN.test(text) && unit !== undefined ? Number(text.slice(0, -1)) * unit : null;
}

/**
 * Formats seconds as a policy does, without loss: `parseDuration` returns the same number.
 * Minutes up to two hours (`60m`, `90m`), hours up to two days (`24h`), then days.
 */
export function formatDuration(seconds: number): string {
  if (seconds >= 2 * DAY && seconds % DAY === 0) return `${seconds / DAY}d`;
  if (seconds >= 2 * HOUR && seconds % HOUR === 0) return `${seconds / HOUR}h`;
  if (seconds >= MINUTE && seconds % MINUTE === 0) return `${seconds / MINUTE}m`;
  return `${seconds}s`;
}

const CHOICES = [1, 5, 15, 30, 60, 120, 240, 480, 720].map((minutes) => minutes * MINUTE);
const SHORTEST_USUAL_CHOICE = 15 * MINUTE;

/**
 * The durations a requester may pick in the modal, ascending; the last one is the path's own `expires_after`.
 * One and five minutes are offered only where `expires_after` is itself at most 15 minutes.
 */
export function durationChoices(expiresAfterSeconds: number): readonly string[] {
  return choices(CHOICES, String(expiresAfterSeconds), () => choicesUpTo(expiresAfterSeconds));
}

const choices = memoisePerOwner<readonly string[]>();

function choicesUpTo(expiresAfterSeconds: number): readonly string[] {
  const shortest = expiresAfterSeconds > SHORTEST_USUAL_CHOICE ? SHORTEST_USUAL_CHOICE : MINUTE;
  const shorter = CHOICES.filter((choice) => choice >= shortest && choice < expiresAfterSeconds);
  return [...shorter, expiresAfterSeconds].map(formatDuration);
}

/** When a reminder goes out, relative to the due time. */
export type ReminderRule =
  | { when: "before"; span: Span }
  | { when: "atDue" }
  | { when: "after"; span: Span }
  | { when: "dailyAfter" };

const BUSINESS_DAYS = String.raw`(?:0|[1-9]\d{0,2}) business days?`;
const BUSINESS_DAYS_PATTERN = new RegExp(`^${BUSINESS_DAYS}$`);
const SPAN = `(?:${DURATION}|${BUSINESS_DAYS})`;

/** The syntax of a span: a duration, or `N business day(s)`. */
export const SPAN_PATTERN = new RegExp(`^${SPAN}$`);

/** The syntax of a reminder: a span and `before` or `after`, or `at due`, or `daily after`. */
export const REMINDER_PATTERN = new RegExp(`^(?:at due|daily after|${SPAN} (?:before|after))$`);

/** The longest span in business days: about one year of work. */
export const MOST_BUSINESS_DAYS = 260;

/** Reads `36h` or `2 business days`; null when the text is not a span. Accepts a count of 0. */
export function parseSpan(text: string): Span | null {
  if (BUSINESS_DAYS_PATTERN.test(text)) return { unit: "businessDays", count: Number.parseInt(text, 10) };
  const seconds = parseDuration(text);
  return seconds === null ? null : { unit: "seconds", count: seconds };
}

/** Reads `1 business day before`, `at due`, `4h after` or `daily after`; null when the text is none of these. */
export function parseReminder(text: string): ReminderRule | null {
  if (text === "at due") return { when: "atDue" };
  if (text === "daily after") return { when: "dailyAfter" };
  const parts = /^(.+) (before|after)$/.exec(text);
  const span = parseSpan(parts?.[1] ?? "");
  if (!span) return null;
  return { when: parts?.[2] === "before" ? "before" : "after", span };
}

/** The default reminders, in the syntax of the policy. */
export const REMIND_DEFAULT = ["1 business day before", "at due", "daily after"] as const;

/** {@link REMIND_DEFAULT}, parsed. Used for sick gates, and for reviews of a path that the policy no longer has. */
export const DEFAULT_REMINDERS: readonly ReminderRule[] = REMIND_DEFAULT.flatMap((text) => parseReminder(text) ?? []);
