/** How a moment is shown, in each reader's time zone. */
export type DateStyle = "date-time" | "date" | "time";

/** Slack's date templates, for mrkdwn and rich text. */
export const DATE_FORMATS: Readonly<Record<DateStyle, string>> = {
  "date-time": "{date_short_pretty} at {time}",
  date: "{date_short_pretty}",
  time: "{time}",
};

/** Whole seconds since 1970 of an ISO 8601 time in UTC. */
export function unixSeconds(iso: string): number {
  const milliseconds = Date.parse(iso);
  if (Number.isNaN(milliseconds)) throw new Error(`Not a time: ${iso}`);
  return Math.floor(milliseconds / 1000);
}

/** `2026-06-22 14:02 UTC`, for places where Slack cannot show the reader's time zone. */
export function utc(iso: string): string {
  return `${new Date(Date.parse(iso)).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}

/**
 * A moment for a mrkdwn text, shown in the reader's time zone.
 * @param iso ISO 8601
 * @param fallback shown by clients that cannot format dates; by default the time in UTC
 */
export function dateToken(iso: string, style: DateStyle = "date-time", fallback: string = utc(iso)): string {
  return `<!date^${unixSeconds(iso)}^${DATE_FORMATS[style]}|${fallback.replace(/[<>|]/g, " ")}>`;
}

const DAY_IN_WORDS = new Intl.DateTimeFormat("en-GB", {
  weekday: "short",
  day: "numeric",
  month: "short",
  year: "numeric",
  timeZone: "UTC",
});

/** A calendar day such as `2026-12-24` for a menu: `Thu, 24 Dec 2026`. */
export const dayInWords = (day: string): string => DAY_IN_WORDS.format(new Date(`${day}T00:00:00.000Z`));

const UNITS = [
  { seconds: 86_400, name: "d" },
  { seconds: 3600, name: "h" },
  { seconds: 60, name: "min" },
] as const;

/** A length of time in words: `45 s`, `5 min`, `60 min`, `1 h 30 min`, `2 d 4 h`. Rounded down; at most two units. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  if (whole < 60) return `${whole} s`;
  if (whole <= 3600)
    return whole % 60 === 0 || whole >= 600
      ? `${Math.floor(whole / 60)} min`
      : `${Math.floor(whole / 60)} min ${whole % 60} s`;
  const parts: string[] = [];
  let left = whole;
  for (const unit of UNITS) {
    const count = Math.floor(left / unit.seconds);
    left -= count * unit.seconds;
    if (count > 0) parts.push(`${count} ${unit.name}`);
  }
  return parts.slice(0, 2).join(" ");
}

/** Remaining time in whole minutes, rounded up, so that an hour that has just begun reads `60 min`. */
export function remaining(seconds: number): string {
  return duration(seconds < 60 ? seconds : Math.ceil(seconds / 60) * 60);
}

/** Seconds from `from` to `to`; 0 when `to` is earlier. */
export function secondsBetween(from: Date, to: string): number {
  return Math.max(0, (Date.parse(to) - from.getTime()) / 1000);
}

/** `due …`, or how long it has been overdue, in markup. */
export function dueWords(at: string, now: string): string {
  const late = secondsBetween(new Date(at), now);
  return late > 0 ? `*overdue* for ${duration(late)}, since ${dateToken(at)}.` : `due ${dateToken(at)}.`;
}
