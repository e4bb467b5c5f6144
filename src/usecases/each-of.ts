import type { AppContext } from "./app-context.js";

/** A higher concurrency would only wait for connections until the deadlines pass. */
const CONCURRENCY = 8;

/**
 * Handles each item, several at a time. A failing item does not affect the others and is logged as a warning, because
 * the next sweep retries it.
 * @returns the items that failed
 */
export async function eachOf<T>(
  context: Pick<AppContext, "log">,
  event: string,
  items: readonly T[],
  idOf: (item: T) => string | number,
  handle: (item: T) => Promise<void>,
): Promise<readonly T[]> {
  const waiting = [...items];
  const failed: T[] = [];
  const worker = async (): Promise<void> => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) {
      try {
        await handle(item);
      } catch (error) {
        context.log.warn(`${event}.failed`, { id: idOf(item), error });
        failed.push(item);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(CONCURRENCY, items.length) }, worker));
  return failed;
}
