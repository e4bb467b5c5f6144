/** Thrown when something exceeds its time limit. It may still complete later. */
export class TooLate extends Error {
  override readonly name = "TooLate";
  readonly code = "too_late";
}

/**
 * Waits for `promise` at most `ms` milliseconds, then throws {@link TooLate}. A later failure of `promise` is ignored.
 */
export async function within<T>(ms: number, what: string, promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new TooLate(`${what} did not answer within ${ms} ms.`)), Math.max(0, ms));
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
