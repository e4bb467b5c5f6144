/** The time of day of a message's timestamp, in the reader's zone. */
export function clockTime(ts: string, timeZone: string): string {
  return new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", timeZone }).format(Number(ts) * 1000);
}

/** The day of a message's timestamp, in the reader's zone. */
export function dayOf(ts: string, timeZone: string): string {
  return new Intl.DateTimeFormat("en-GB", { weekday: "long", day: "numeric", month: "long", timeZone }).format(
    Number(ts) * 1000,
  );
}

const DAY_MS = 24 * 60 * 60 * 1000;

/** The day (`2026-12-03`) that is `days` later in this zone; on a weekend, the Monday after it. */
export function workdayAfter(epochMs: number, days: number, timeZone: string): string {
  const on = (moment: number): string => new Intl.DateTimeFormat("en-CA", { timeZone }).format(moment);
  const day = new Date(`${on(epochMs + days * DAY_MS)}T00:00:00Z`);
  const toMonday = { 0: 1, 6: 2 }[day.getUTCDay()] ?? 0;
  return new Date(day.getTime() + toMonday * DAY_MS).toISOString().slice(0, 10);
}

/** Date and time in a zone, with the zone's short name. */
export function fullTime(epochMs: number, timeZone: string): string {
  return new Intl.DateTimeFormat("en-GB", {
    weekday: "short",
    day: "numeric",
    month: "short",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    timeZone,
  }).format(epochMs);
}
