type Part = (at: Date, zone: string) => string;

const format =
  (options: Intl.DateTimeFormatOptions): Part =>
  (at, timeZone) =>
    new Intl.DateTimeFormat("en-GB", { ...options, timeZone }).format(at);

const time = format({ hour: "2-digit", minute: "2-digit" });
const short = format({ day: "numeric", month: "short", year: "numeric" });
const full = format({ day: "numeric", month: "long", year: "numeric" });
const long = format({ weekday: "long", day: "numeric", month: "long", year: "numeric" });

/** Slack's tokens for dates. The "pretty" ones never say yesterday, today or tomorrow here. */
const tokens: Readonly<Record<string, Part>> = {
  date_num: (at, timeZone) => new Intl.DateTimeFormat("en-CA", { timeZone }).format(at),
  date_slash: format({ day: "2-digit", month: "2-digit", year: "numeric" }),
  date: full,
  date_pretty: full,
  date_short: short,
  date_short_pretty: short,
  date_long: long,
  date_long_pretty: long,
  date_long_full: full,
  day_divider_pretty: long,
  time,
  time_secs: format({ hour: "2-digit", minute: "2-digit", second: "2-digit" }),
  ago: short,
};

/** Formats a time, in seconds since 1970, with Slack's template and in the reader's IANA zone. */
export function showDate(seconds: number, template: string, timeZone: string): string {
  const at = new Date(seconds * 1000);
  return template.replace(/\{(\w+)\}/g, (whole, token: string) => {
    const part = Object.hasOwn(tokens, token) ? tokens[token] : undefined;
    return part === undefined ? whole : part(at, timeZone);
  });
}
