import { randomBytes } from "node:crypto";

/** A repeatable stream of numbers in [0, 1) (mulberry32), so that a run with faults can be repeated from its seed. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** The last number of a workspace that has given out no identifier. */
const NOTHING_YET = 46_656;

/** Creates identifiers of Slack's shape: a letter for the kind, then a growing number in base 36. */
export function createIds(after = NOTHING_YET): { next: (prefix: string) => string; last: () => number } {
  let count = after;
  return {
    next: (prefix) => {
      count += 1;
      return `${prefix}0${count.toString(36).toUpperCase().padStart(8, "0")}`;
    },
    last: () => count,
  };
}

/** Unguessable random hex text, for triggers, response URLs and socket tickets. */
export function secretHex(bytes: number): string {
  return randomBytes(bytes).toString("hex");
}

/**
 * Creates message timestamps as Slack does: seconds with six decimals, unique and always growing, even when the clock
 * stands still or steps back.
 * @param after microseconds since 1970; every timestamp is later
 */
export function createTimestamps(now: () => number, after = 0): () => string {
  let last = after;
  return () => {
    last = Math.max(Math.floor(now() * 1000), last + 1);
    return `${Math.floor(last / 1_000_000)}.${String(last % 1_000_000).padStart(6, "0")}`;
  };
}
