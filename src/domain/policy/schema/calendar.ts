import { z } from "zod";
import {
  channelField,
  clockField,
  dateField,
  listOf,
  optional,
  timezoneField,
  weekdayField,
  withDefault,
} from "./fields.js";

/** Fixed defaults of `office_hours`; the checks across keys read them too. */
export const OFFICE_HOURS_DEFAULTS = { from: "09:00", to: "17:00" } as const;

/** The calendar in which business days are counted. */
export const officeHoursSection = z
  .strictObject({
    timezone: withDefault(timezoneField, "The time zone of all times of day in this file.", "UTC"),
    days: withDefault(listOf(weekdayField, "a list of at least one day of the week"), "The office days.", [
      "mon",
      "tue",
      "wed",
      "thu",
      "fri",
    ]),
    from: withDefault(clockField, "When an office day starts.", OFFICE_HOURS_DEFAULTS.from),
    to: withDefault(clockField, "When an office day ends; business days end then.", OFFICE_HOURS_DEFAULTS.to),
    holidays: withDefault(
      listOf(dateField, "a list of dates such as 2026-12-25", 0),
      "Days that are no office days.",
      [],
    ),
  })
  .meta({ form: "a mapping with timezone, days, from, to, holidays" });

/** The weekly summary. */
export const digestSection = z
  .strictObject({
    day: withDefault(weekdayField, "The day of the week on which the digest is posted.", "mon"),
    at: withDefault(clockField, "The time of day at which it is posted, in the time zone of `office_hours`.", "09:00"),
    channel: optional(channelField, "The channel it is posted in.", "no digest is posted"),
  })
  .transform((digest) => ({ day: digest.day, at: digest.at, channel: digest.channel ?? null }))
  .meta({ form: "a mapping with day, at, channel" });
