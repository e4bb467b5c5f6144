import type { Found } from "./findings.js";

/**
 * How far the time of an entry may lie before that of an earlier entry of another stream: the commit accepts times up
 * to five minutes behind its own clock, and two seconds ahead of it.
 */
const APART_MS = 5 * 60_000 + 2_000;

/** Checks that the times of entries, given in the order of `seq`, do not step back further than the commit lets them. */
export function createTimeCheck(found: Found): (seq: number, at: string) => void {
  let newest = 0;
  return (seq, at) => {
    const time = Date.parse(at);
    if (time < newest - APART_MS) {
      const message = `Entry ${seq} says that it is of ${at}, long before entries that were recorded earlier.`;
      found({ seq, kind: "violation", message });
      // Report each step back of the clock once, not for every entry that follows.
      newest = time;
    }
    newest = Math.max(newest, time);
  };
}
