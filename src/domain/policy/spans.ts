import type { Span } from "../calendar/deadlines.js";
import { DURATION, parseDuration } from "./durations.js";

/** When a reminder of a review goes out, told from the time the review is due. */
export type ReminderRule =
  | { when: "before"; span: Span }
  | { when: "atDue" }
  | { when: "after"; span: Span }
  | { when: "dailyAfter" };

const BUSINESS_DAYS = String.raw`(?:0|[1-9]\d{0,2}) business days?`;
const BUSINESS_DAYS_PATTERN = new RegExp(`^${BUSINESS_DAYS}$`);
const SPAN = `(?:${DURATION}|${BUSINESS_DAYS})`;

/** The writing of a span: a duration, or `N business day(s)`. */
export const SPAN_PATTERN = new RegExp(`^${SPAN}$`);

/** The writing of a reminder: a span and `before` or `after`, or `at due`, or `daily after`. */
export const REMINDER_PATTERN = new RegExp(`^(?:at due|daily after|${SPAN} (?:before|after))$`);

/** The most business days a span takes: about one year of work. */
export const MOST_BUSINESS_DAYS = 260;

/** Reads `36h` or `2 business days`; null when the text is not a span. A count of 0 is read as such. */
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

/** When what is due is chased where nothing else is said, as the policy writes it. */
export const REMIND_DEFAULT = ["1 business day before", "at due", "daily after"] as const;

/** {@link REMIND_DEFAULT}, read: for sick gates, and for reviews of a path that the policy no longer has. */
export const DEFAULT_REMINDERS: readonly ReminderRule[] = REMIND_DEFAULT.flatMap((text) => parseReminder(text) ?? []);
