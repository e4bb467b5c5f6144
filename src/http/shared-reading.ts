/**
 * How long a reading is shown to everybody who asks, in milliseconds. Anybody may ask at any rate, so this bounds what they
 * cost. A probe or a scrape comes every few seconds.
 */
export const READING_KEPT_MS = 1_000;

/**
 * Shares one reading: all who ask while it is under way, or until it is {@link READING_KEPT_MS} old, get the same one.
 *
 * @param read must not fail
 * @param clock milliseconds that are never set back
 */
export function shareReading<T>(
  read: () => Promise<T>,
  clock: () => number = () => performance.now(),
): () => Promise<T> {
  let last: { readonly at: number; readonly value: T } | null = null;
  let underWay: Promise<T> | null = null;
  return async () => {
    if (last !== null && clock() - last.at < READING_KEPT_MS) return last.value;
    underWay ??= read().then((value) => {
      last = { at: clock(), value };
      underWay = null;
      return value;
    });
    return underWay;
  };
}
