import { progress } from "./figures.js";

/** The result of one turn of one arm. Latencies are in milliseconds. */
export interface Turn {
  readonly p50: number;
  readonly p99: number;
  /** Operations per second. */
  readonly rate: number;
}

/** The medians of an arm over all its turns. */
export interface Arm extends Turn {
  readonly turns: readonly Turn[];
}

/** The value below which this share of the values lies. Between two values, the higher one. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

export const median = (values: readonly number[]): number => percentile(values, 0.5);

/**
 * @param seconds how long all of them took
 * @throws when nothing was measured, so that no figure is a NaN
 */
export function turnOf(latenciesMs: readonly number[], seconds: number): Turn {
  if (latenciesMs.length === 0) throw new Error("This turn measured nothing: it ended without a single sample.");
  return {
    p50: percentile(latenciesMs, 0.5),
    p99: percentile(latenciesMs, 0.99),
    rate: latenciesMs.length / seconds,
  };
}

/**
 * Runs each arm once per round, after a warm-up round that does not count. Skips arms that are `null`. Every other round
 * runs the arms in reverse, so that no arm always follows the same one.
 */
export async function alternate<Arms extends Readonly<Record<string, (() => Promise<Turn>) | null>>>(
  part: string,
  count: number,
  arms: Arms,
): Promise<{ readonly [Name in keyof Arms]: Arms[Name] extends () => unknown ? Arm : Arm | null }> {
  const present = Object.entries(arms).flatMap(([name, take]) => (take === null ? [] : [{ name, take }]));
  const seen = new Map<string, Turn[]>();
  for (let round = 0; round <= count; round += 1) {
    for (const { name, take } of round % 2 === 0 ? present : present.toReversed()) {
      const turn = await take();
      if (round === 0) continue;
      seen.set(name, [...(seen.get(name) ?? []), turn]);
      progress(part, `round ${round}/${count} ${name}: ${inWords(turn)}`);
    }
  }
  const over = Object.keys(arms).map((name) => [name, arms[name] === null ? null : armOf(seen.get(name) ?? [])]);
  return Object.fromEntries(over);
}

export function armOf(turns: readonly Turn[]): Arm {
  return {
    turns,
    p50: median(turns.map(({ p50 }) => p50)),
    p99: median(turns.map(({ p99 }) => p99)),
    rate: median(turns.map(({ rate }) => rate)),
  };
}

/** Combines both runs of the same floor. */
export const pooled = (one: Arm, other: Arm): Arm => armOf([...one.turns, ...other.turns]);

export const ms = (value: number): string => `${value < 10 ? value.toFixed(2) : value.toFixed(0)} ms`;
export const times = (value: number): string => `${value.toFixed(2)} ×`;

const inWords = ({ p50, p99, rate }: Turn): string => `${rate.toFixed(0)}/s, p50 ${ms(p50)}, p99 ${ms(p99)}`;
