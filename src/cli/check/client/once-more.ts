/** What an attempt came to: its result, or that the time is up or the connection failed, with the last fault. */
export type Attempted<T> = { readonly result: T } | { readonly late: true } | { readonly fault: unknown };

/**
 * Makes one attempt, and a second one when the connection failed. Only for what may happen twice.
 * @param attempt throws when the connection fails; whatever was answered it returns
 */
export async function onceMore<T>(signal: AbortSignal, attempt: () => Promise<T>): Promise<Attempted<T>> {
  for (let left = 1; ; left -= 1) {
    try {
      return { result: await attempt() };
    } catch (fault) {
      if (signal.aborted) return { late: true };
      if (left === 0) return { fault };
    }
  }
}
