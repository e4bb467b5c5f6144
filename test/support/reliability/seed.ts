import { randomInt } from "node:crypto";

/** Seeded random choices. A failure can be repeated with the printed seed. */
export interface Dice {
  readonly seed: number;
  /** In [0, 1). */
  next(): number;
  /** A whole number in [0, below). */
  below(below: number): number;
  pick<T>(from: readonly [T, ...T[]]): T;
}

/** Creates the dice of a suite and prints the seed. `BREAKGLASS_RELIABILITY_SEED` repeats a run. */
export function dice(suite: string): Dice {
  const seed = sizeOf("SEED", randomInt(2 ** 31));
  say(suite, `seed ${seed}`);
  let state = seed >>> 0;
  // Mulberry32: small, and uniform enough to choose moments.
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (limit: number): number => Math.floor(next() * limit);
  return { seed, next, below, pick: (from) => from[below(from.length)] ?? from[0] };
}

/** `BREAKGLASS_RELIABILITY_<NAME>`, for longer runs than those of `npm test`. */
export function sizeOf(name: string, usual: number): number {
  return Number(process.env[`BREAKGLASS_RELIABILITY_${name}`] ?? usual);
}

/** A line of a suite's figures. */
export function say(suite: string, line: string): void {
  process.stdout.write(`${suite}: ${line}\n`);
}

/** The median; of two middle values the higher one. */
export function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
