import { LRUCache } from "lru-cache";

/** How often something may happen: `inARow` times at once, and then once every `everyMs`. */
export interface Allowance {
  readonly inARow: number;
  readonly everyMs: number;
}

/** Takes one of what this key is allowed. @returns 0, or the milliseconds until there is one again */
export type TakeToken = (key: string, allowance: Allowance) => number;

/** The keys that are remembered. The least recently used is forgotten first, and starts anew with all it is allowed. */
const MAX_KEYS = 10_000;

/** @param clock milliseconds that are never set back */
export function createTokenBuckets(clock: () => number): TakeToken {
  /** By key, the time at which all of its tokens are back. */
  const fullAt = new LRUCache<string, number>({ max: MAX_KEYS });
  return (key, { inARow, everyMs }) => {
    const now = clock();
    const next = Math.max(fullAt.get(key) ?? now, now) + everyMs;
    const waitMs = next - now - inARow * everyMs;
    if (waitMs > 0) return waitMs;
    fullAt.set(key, next);
    return 0;
  };
}
