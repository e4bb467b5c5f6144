/** Calls the listener at each change until the returned function is called. */
type Source = (listener: () => void) => () => unknown;

/** Without a change for this long, `changes` resolves anyway. Milliseconds. */
const QUIET_MS = 3_000;

/**
 * Resolves after this many changes. Kills are spaced by changes and not by time, so that a slow machine gets as far
 * between two of them as a fast one.
 */
export function changes(count: number, sources: readonly Source[]): Promise<void> {
  return new Promise((resolve) => {
    let left = count;
    let stops: (() => unknown)[] = [];
    const enough = (): void => {
      clearTimeout(quiet);
      for (const stop of stops) stop();
      resolve();
    };
    const quiet = setTimeout(enough, QUIET_MS);
    const changed = (): void => {
      quiet.refresh();
      left -= 1;
      if (left < 0) enough();
    };
    stops = sources.map((source) => source(changed));
    if (count === 0) enough();
  });
}
