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

/** A moment in full, in a zone, with the zone's short name. */
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
