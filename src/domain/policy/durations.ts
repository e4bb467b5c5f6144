/** The writing of a duration in the policy: an integer without leading zeros and one of `s`, `m`, `h`, `d`. */
export const DURATION = String.raw`(?:0|[1-9]\d{0,8})[smhd]`;

/** {@link DURATION}, and nothing else. */
export const DURATION_PATTERN = new RegExp(`^${DURATION}$`);

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const SECONDS_IN: Readonly<Record<string, number>> = { s: 1, m: MINUTE, h: HOUR, d: DAY };

/** The longest duration that any key of the policy takes, in seconds (ten years of 365 days). */
export const LONGEST_DURATION_SECONDS = 3650 * DAY;

/** The longest that a bypass may last, in seconds: power that lasts longer than a day is standing power. */
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
 * Writes seconds the way a policy does, without loss: `parseDuration` reads the same number back.
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
export function durationChoices(expiresAfterSeconds: number): string[] {
  const shortest = expiresAfterSeconds > SHORTEST_USUAL_CHOICE ? SHORTEST_USUAL_CHOICE : MINUTE;
  const shorter = CHOICES.filter((choice) => choice >= shortest && choice < expiresAfterSeconds);
  return [...shorter, expiresAfterSeconds].map(formatDuration);
}
