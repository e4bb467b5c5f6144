import type { OfficeHours, ReminderRule, Span, Weekday } from "../../src/domain/policy/policy.js";
import type { FollowUpPlan, Reminder, Stage } from "../../src/domain/reminders/schedule.js";

/** The local time of a zone at an instant. */
interface Shown {
  readonly at: string;
  readonly day: string;
  readonly clock: string;
  readonly weekday: string;
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** The local time, by a different formatter than the code under test uses. */
export function shownAt(ms: number, timezone: string): Shown {
  const format =
    formats.get(timezone) ??
    new Intl.DateTimeFormat("sv-SE", { timeZone: timezone, dateStyle: "short", timeStyle: "short" });
  formats.set(timezone, format);
  const [day = "", clock = ""] = format.format(ms).split(" ");
  const weekday = new Date(`${day}T12:00:00Z`).toUTCString().slice(0, 3).toLowerCase();
  return { at: new Date(ms).toISOString(), day, clock, weekday };
}

/** True within office hours. Correct only when no clock change skips or repeats the start or end of the hours. */
export function showsOfficeHours({ day, clock, weekday }: Shown, hours: OfficeHours): boolean {
  const isOpen = hours.days.includes(weekday as Weekday) && !hours.holidays.includes(day);
  return isOpen && hours.from <= clock && clock <= hours.to;
}

const QUARTER = 15 * 60_000;
const tables = new Map<string, readonly Shown[]>();

/** The local time of a zone at every quarter of an hour in a period. */
export function quarters(timezone: string, fromDay: string, toDay: string): readonly Shown[] {
  const key = [timezone, fromDay, toDay].join();
  const known = tables.get(key);
  if (known !== undefined) return known;
  const table: Shown[] = [];
  for (let ms = Date.parse(fromDay); ms < Date.parse(toDay); ms += QUARTER) table.push(shownAt(ms, timezone));
  tables.set(key, table);
  return table;
}

/**
 * All reminders of a follow-up, found by checking every quarter of an hour in the table: slow, but simple enough to be
 * seen to be correct. Times, spans and office hours must fall on quarters, and the table must reach far enough.
 */
export function plainPlan(followUp: FollowUpPlan, table: readonly Shown[]): readonly Reminder[] {
  const office = table.filter((shown) => showsOfficeHours(shown, followUp.officeHours));
  const openings = office.filter(({ day }, index) => office[index - 1]?.day !== day);
  const closings = office.filter(({ day }, index) => office[index + 1]?.day !== day);
  const due = table.find(({ at }) => at === followUp.dueAt);
  if (due === undefined) throw new Error("The table does not hold the due time.");
  const officeAt = (ms: number) => office.find(({ at }) => at >= new Date(ms).toISOString());
  const dueMs = Date.parse(due.at);

  const before = (span: Span): Shown | undefined => {
    if (span.unit === "businessDays") return openings.filter(({ day }) => day < due.day).at(-span.count);
    const planned = officeAt(dueMs - span.count * 1000);
    return planned && planned.at < due.at ? planned : openings.filter(({ at }) => at < due.at).at(-1);
  };
  const after = (span: Span): Shown | undefined =>
    span.unit === "businessDays"
      ? closings.filter(({ day }) => day > due.day)[span.count - 1]
      : officeAt(dueMs + span.count * 1000);
  const planned = (rule: ReminderRule): [Stage, readonly (Shown | undefined)[]] => {
    if (rule.when === "before") return ["before", [before(rule.span)]];
    if (rule.when === "atDue") return ["due", [officeAt(dueMs)]];
    if (rule.when === "after") return ["after", [after(rule.span)]];
    return ["after", openings.filter(({ day }) => day > due.day)];
  };

  const stages = new Map<string, Stage>();
  const rulesByStage = [...followUp.rules.map(planned)].sort(([a], [b]) => RANK[a] - RANK[b]);
  for (const [stage, moments] of rulesByStage)
    for (const moment of moments) if (moment && moment.at > followUp.openedAt) stages.set(moment.at, stage);
  return [...stages].map(([at, stage]) => ({ at, stage })).sort((a, b) => (a.at < b.at ? -1 : 1));
}

const RANK: Readonly<Record<Stage, number>> = { before: 0, due: 1, after: 2 };
