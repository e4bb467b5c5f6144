import { parseDuration } from "../../../src/domain/policy/durations.js";

/** When the bypasses of these tests are declared: on a Tuesday, at 3 a.m. in Berlin. */
export const DECLARED_AT = "2026-03-10T02:00:00.000Z";

/** The time (ISO) a duration (`90s`, `5m`, `2h`) and some milliseconds after the declaration. */
export function since(duration: string, milliseconds = 0): string {
  const seconds = parseDuration(duration);
  if (seconds === null) throw new Error(`${duration} is not a duration`);
  return new Date(Date.parse(DECLARED_AT) + seconds * 1000 + milliseconds).toISOString();
}
