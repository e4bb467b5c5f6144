import { appendFileSync } from "node:fs";
import { say } from "./seed.js";

/** What a suite found, for one row of the report of `npm run prove`. */
export interface Figures {
  /** What was done, in a few words: `kill -9 of the bot at a random moment`. */
  readonly what: string;
  readonly times: number;
  /** `null` where nothing was thrown. */
  readonly seed: number | null;
  /** Acknowledged, and not on record; or due, and never done. */
  readonly lost: number;
  /** Done twice, but where the README says that it may be. */
  readonly doubled: number;
  /** Not finished within its deadline. */
  readonly stuck: number;
  /** The longest that somebody waited for an answer, or due work for its doing, in milliseconds. */
  readonly slowestMs: number | null;
  /** Whatever else a reader might want to see. */
  readonly more?: Readonly<Record<string, number | string>>;
}

/** Prints the figures, and hands them to `npm run prove`. To be called before they are judged, so that misses are told too. */
export function report(suite: string, figures: Figures): void {
  const { what, times, lost, doubled, stuck, slowestMs, more = {} } = figures;
  const rest = Object.entries(more).map(([name, value]) => `, ${name} ${value}`);
  const slowest = slowestMs === null ? "" : `, slowest ${slowestMs.toFixed(0)} ms`;
  say(suite, `${times} × ${what}: ${lost} lost, ${doubled} doubled, ${stuck} stuck${slowest}${rest.join("")}`);
  tell({ kind: "figures", ...figures });
}

/** How far a long suite is. */
export function progress(what: string, done: number, of: number): void {
  tell({ kind: "progress", what, done, of });
}

/** Run by `npm run prove`, on a machine that has nothing else to do: what is told in time may be judged. */
export const isLongForm = (): boolean => process.env.BREAKGLASS_RELIABILITY_REPORT !== undefined;

/** The file in which `npm run prove` reads, one line of JSON each. */
function tell(line: object): void {
  const file = process.env.BREAKGLASS_RELIABILITY_REPORT;
  if (file !== undefined) appendFileSync(file, `${JSON.stringify(line)}\n`);
}
