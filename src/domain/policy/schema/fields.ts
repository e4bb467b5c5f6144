import { z } from "zod";
import { CLOCK_PATTERN, DATE_PATTERN, readDay, WEEKDAYS } from "../../calendar/days.js";
import type { Span } from "../../calendar/deadlines.js";
import { isTimezone } from "../../calendar/zones.js";
import { CHANNEL_MAX, NAME_MAX } from "../../events/bounds.js";
import {
  DURATION_PATTERN,
  LONGEST_DURATION_SECONDS,
  MOST_BUSINESS_DAYS,
  parseDuration,
  parseReminder,
  parseSpan,
  REMINDER_PATTERN,
  type ReminderRule,
  SPAN_PATTERN,
} from "../durations.js";
import { NAME_PATTERN } from "../name-pattern.js";

/*
 * The kinds of value in the policy file. `form` says how a value is written; error messages, the JSON Schema and the
 * reference page use it. The message of a `refine` completes "expected …".
 */

declare module "zod" {
  interface GlobalMeta {
    /** How the value is written; follows "expected" in an error. */
    form?: string;
    /** What applies when the key is left out, if that is not a fixed value. */
    whenLeftOut?: string;
    /** The section that must define this name. */
    refersTo?: "roles" | "gates";
    /** Accepted and checked, but without effect in this release; the reference and `policy lint` say so. */
    notUsedYet?: boolean;
    /** The items of the list must be unique. */
    uniqueItems?: boolean;
  }
}

/** A required key. */
export function required<T extends z.ZodType>(schema: T, description: string): T {
  return schema.meta({ description });
}

/** A key that may be left out; `whenLeftOut` describes what applies then. */
export function optional<T extends z.ZodType>(schema: T, description: string, whenLeftOut: string): z.ZodOptional<T> {
  return schema.optional().meta({ description, whenLeftOut });
}

/** A key with a fixed default. The default is in the syntax of the policy, so it is parsed by the same rules. */
export function withDefault<T extends z.ZodType>(
  schema: T,
  description: string,
  written: NonNullable<z.input<T>>,
): z.ZodPrefault<T> {
  return schema.prefault(() => written as z.util.NoUndefined<z.input<T>>).meta({ description });
}

/** Marks a key that this release accepts and checks but does not use. */
export function notUsedYet<T extends z.ZodType>(schema: T): T {
  return schema.meta({ ...schema.meta(), notUsedYet: true });
}

/** A list of at least `least` and at most 1000 unique items. */
export function listOf<T extends z.ZodType>(item: T, form: string, least = 1): z.ZodArray<T> {
  const list = z.array(item).max(1000);
  return (least > 0 ? list.min(least) : list).meta({ form, uniqueItems: true });
}

/** A mapping from names to sections, with 1 to `most` entries. */
export function namedMap<T extends z.ZodType>(section: T, form: string, most: number) {
  return z
    .record(nameField, section)
    .refine((map) => Object.keys(map).length > 0, { error: form })
    .refine((map) => Object.keys(map).length <= most, { error: `at most ${most} of them` })
    .meta({ form });
}

export const nameField = z
  .string()
  .regex(NAME_PATTERN)
  .meta({
    form: `a name of at most ${NAME_MAX} small letters, digits, \`.\`, \`_\` or \`-\`, that starts with a letter or digit`,
  });

export const roleName = z.string().min(1).max(NAME_MAX).meta({ form: "the name of a role", refersTo: "roles" });
export const gateName = z.string().min(1).max(NAME_MAX).meta({ form: "the name of a gate", refersTo: "gates" });

/** A role in a list, written `- on-call-lead` or `- role: on-call-lead`. */
export const roleItem = z
  .union([roleName, z.strictObject({ role: roleName })])
  .transform((item) => (typeof item === "string" ? item : item.role))
  .meta({ form: "the name of a role, or `role: NAME`" });

export const userId = z
  .string()
  .regex(/^[UW][A-Z0-9]{2,20}$/)
  .meta({ form: "the ID of a Slack account, such as U0DANA" });
export const usergroupId = z
  .string()
  .regex(/^S[A-Z0-9]{2,20}$/)
  .meta({ form: "the ID of a Slack user group, such as S0ONCALL" });
export const pagerdutyUserId = z
  .string()
  .regex(/^[A-Z0-9]{4,20}$/)
  .meta({ form: "the ID of a PagerDuty user, such as PUSER1" });
export const pagerdutyScheduleId = z
  .string()
  .regex(/^[A-Z0-9]{4,20}$/)
  .meta({ form: "the ID of a PagerDuty schedule, such as P0LEADS" });
export const githubLogin = z
  .string()
  .regex(/^[A-Za-z0-9](?:[A-Za-z0-9-]{0,37}[A-Za-z0-9])?$/)
  .meta({ form: "a GitHub login, such as dana-m" });
export const channelField = z
  .string()
  .regex(/^(?:#[\p{Ll}\p{Lo}\p{Lm}\p{M}\p{N}_-]+|[CG][A-Z0-9]{2,20})$/u)
  .refine((channel) => Array.from(channel).length <= CHANNEL_MAX)
  .meta({ form: 'a channel: "#name" in small letters (quoted, or YAML reads a comment), or its ID' });

/** One line of text. Slack truncates the text of an option at 75 characters, hence `most` for titles. */
export function lineField(most: number, what: string) {
  return z
    .string()
    .max(most)
    .regex(/^\S(?:[^\n]*\S)?$/)
    .meta({ form: `${what} on one line, of 1 to ${most} characters, without spaces around it` });
}

/** Text of one or more lines. */
export function textField(most: number, what: string) {
  return z
    .string()
    .trim()
    .min(1)
    .max(most)
    .meta({ form: `${what} of 1 to ${most} characters` });
}

/** A duration longer than 0, parsed into seconds. */
export function durationField(longestSeconds = LONGEST_DURATION_SECONDS, longest = "3650d") {
  return z
    .string()
    .regex(DURATION_PATTERN)
    .transform((text) => parseDuration(text) ?? 0)
    .refine((seconds) => seconds > 0, { error: "a duration longer than 0" })
    .refine((seconds) => seconds <= longestSeconds, { error: `a duration of at most ${longest}` })
    .meta({ form: "a duration such as 60m (an integer and s, m, h or d)" });
}

/** A span longer than 0. */
export const spanField = z
  .string()
  .regex(SPAN_PATTERN)
  .transform((text): Span => parseSpan(text) ?? { unit: "seconds", count: 0 })
  .refine(isUsable, { error: `a span longer than 0, and of at most ${MOST_BUSINESS_DAYS} business days or 3650d` })
  .meta({ form: "a duration such as 36h, or `N business days`" });

export const reminderField = z
  .string()
  .regex(REMINDER_PATTERN)
  .transform((text): ReminderRule => parseReminder(text) ?? { when: "atDue" })
  .refine((rule) => !("span" in rule) || isUsable(rule.span), { error: "a reminder with a span longer than 0" })
  .meta({ form: "`at due`, `daily after`, or a span and `before` or `after`, such as `1 business day before`" });

function isUsable(span: Span): boolean {
  const most = span.unit === "seconds" ? LONGEST_DURATION_SECONDS : MOST_BUSINESS_DAYS;
  return span.count > 0 && span.count <= most;
}

export const weekdayField = z.enum(WEEKDAYS).meta({ form: "a day of the week: mon, tue, wed, thu, fri, sat or sun" });
export const clockField = z.string().regex(CLOCK_PATTERN).meta({ form: 'a time of day from "00:00" to "23:59"' });
export const dateField = z
  .string()
  .regex(DATE_PATTERN, { abort: true })
  .refine((date) => readDay(date) !== null, { error: "a day that the calendar has" })
  .meta({ form: "a date such as 2026-12-25" });
export const timezoneField = z
  .string()
  .refine(isTimezone, { error: "a time zone of the IANA database, such as Europe/Berlin" })
  .meta({ form: "a time zone of the IANA database, such as Europe/Berlin" });
