import { CLOCK_PATTERN } from "../../calendar/days.js";
import { describeFound, type Finding, rawGet } from "../findings.js";
import { OFFICE_HOURS_DEFAULTS } from "../schema/calendar.js";
import { THERMOMETER_DEFAULTS } from "../schema/gates.js";

/** Checks the rules between the keys of `office_hours` and between those of `thermometer`. */
export function calendarFindings(file: unknown): Finding[] {
  return [...officeHoursFindings(rawGet(file, "office_hours")), ...thermometerFindings(rawGet(file, "thermometer"))];
}

function officeHoursFindings(hours: unknown): Finding[] {
  const from = rawGet(hours, "from") ?? OFFICE_HOURS_DEFAULTS.from;
  const to = rawGet(hours, "to") ?? OFFICE_HOURS_DEFAULTS.to;
  if (!isClock(from) || !isClock(to) || from < to) return [];
  const key = rawGet(hours, "to") === undefined ? "from" : "to";
  const expected = key === "to" ? `a time after from (${from})` : `a time before to (${to})`;
  const message = `expected ${expected}, found ${describeFound(key === "to" ? to : from)}`;
  return [{ path: ["office_hours", key], at: "value", message }];
}

function isClock(value: unknown): value is string {
  return typeof value === "string" && CLOCK_PATTERN.test(value);
}

function thermometerFindings(thermometer: unknown): Finding[] {
  const warm = rawGet(thermometer, "warm_at") ?? THERMOMETER_DEFAULTS.warm_at;
  const sick = rawGet(thermometer, "sick_at") ?? THERMOMETER_DEFAULTS.sick_at;
  if (typeof warm !== "number" || typeof sick !== "number" || warm <= sick) return [];
  const key = rawGet(thermometer, "sick_at") === undefined ? "warm_at" : "sick_at";
  const expected = key === "sick_at" ? `at least warm_at (${warm})` : `at most sick_at (${sick})`;
  return [
    {
      path: ["thermometer", key],
      at: "value",
      message: `expected ${expected}, found ${key === "sick_at" ? sick : warm}`,
    },
  ];
}
