import { progress } from "./figures.js";

/** What one turn of one arm gave. Latencies in milliseconds. */
export interface Turn {
  readonly p50: number;
  readonly p99: number;
  /** Things done per second. */
  readonly rate: number;
}

/** An arm over all its turns: medians. */
export interface Arm extends Turn {
  readonly turns: readonly Turn[];
}

/** The value below which that share of the values lies; the higher neighbour. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

export const median = (values: readonly number[]): number => percentile(values, 0.5);

/** @param seconds how long it took for all of them */
export function turnOf(latenciesMs: readonly number[], seconds: number): Turn {
  return {
    p50: percentile(latenciesMs, 0.5),
    p99: percentile(latenciesMs, 0.99),
    rate: latenciesMs.length / seconds,
  };
}

/**
 * Gives each arm its turn in each round, after one round that is not counted; an arm that is `null` is left out. Every other round goes the other way
 * round, so that none of them always comes after the same one.
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

/** Both runs of the same floor as one. */
export const pooled = (one: Arm, other: Arm): Arm => armOf([...one.turns, ...other.turns]);

export const ms = (value: number): string => `${value < 10 ? value.toFixed(2) : value.toFixed(0)} ms`;
export const times = (value: number): string => `${value.toFixed(2)} ×`;

const inWords = ({ p50, p99, rate }: Turn): string => `${rate.toFixed(0)}/s, p50 ${ms(p50)}, p99 ${ms(p99)}`;
