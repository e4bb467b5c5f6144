import { randomInt } from "node:crypto";

/** Seeded choices: a failure is seen again with the seed that was printed. */
export interface Dice {
  readonly seed: number;
  /** In [0, 1). */
  next(): number;
  /** A whole number in [0, below). */
  below(below: number): number;
  pick<T>(from: readonly [T, ...T[]]): T;
}

/** Dice of one suite; `BREAKGLASS_RELIABILITY_SEED` throws the same again. The seed is printed. */
export function dice(suite: string): Dice {
  const seed = sizeOf("SEED", randomInt(2 ** 31));
  say(suite, `seed ${seed}`);
  let state = seed >>> 0;
  // Mulberry32: small, and even enough for choosing moments.
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

/** The middle value; the higher one of two. */
export function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
