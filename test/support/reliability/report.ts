import { appendFileSync } from "node:fs";
import { say } from "./seed.js";

/** The result of a suite, for one row of the report of `npm run prove`. */
export interface Figures {
  /** What was done, in a few words: `kill -9 of the bot at a random moment`. */
  readonly what: string;
  readonly times: number;
  /** `null` for suites without random choices. */
  readonly seed: number | null;
  /** Acknowledged but not on record, or due but never done. */
  readonly lost: number;
  /** Done twice, except where the README allows it. */
  readonly doubled: number;
  /** Not finished within its deadline. */
  readonly stuck: number;
  /** The longest wait for an answer, or delay of due work, in milliseconds. */
  readonly slowestMs: number | null;
  /** Further figures. */
  readonly more?: Readonly<Record<string, number | string>>;
}

/**
 * Prints the figures and passes them to `npm run prove`. Call it before the assertions, so that failures are reported
 * too.
 */
export function report(suite: string, figures: Figures): void {
  const { what, times, lost, doubled, stuck, slowestMs, more = {} } = figures;
  const rest = Object.entries(more).map(([name, value]) => `, ${name} ${value}`);
  const slowest = slowestMs === null ? "" : `, slowest ${slowestMs.toFixed(0)} ms`;
  say(suite, `${times} × ${what}: ${lost} lost, ${doubled} doubled, ${stuck} stuck${slowest}${rest.join("")}`);
  appendLine({ kind: "figures", ...figures });
}

/** Reports the progress of a long suite. */
export function progress(what: string, done: number, of: number): void {
  appendLine({ kind: "progress", what, done, of });
}

/**
 * Reports whether `npm run prove` runs the suite, on an otherwise idle machine: only then may tests assert response
 * times.
 */
export const isLongForm = (): boolean => process.env.BREAKGLASS_RELIABILITY_REPORT !== undefined;

/** Appends a line of JSON to the file that `npm run prove` reads. */
function appendLine(line: object): void {
  const file = process.env.BREAKGLASS_RELIABILITY_REPORT;
  if (file !== undefined) appendFileSync(file, `${JSON.stringify(line)}\n`);
}
