import type { AppContext } from "./app-context.js";

/** More would only wait for connections, until their deadlines pass. */
const AT_A_TIME = 8;

/**
 * Does the same for each of many, some at a time. One that fails keeps nobody else from being done; it comes again with
 * the next sweep, so its fault is a warning.
 */
export async function eachOf<T>(
  context: Pick<AppContext, "log">,
  event: string,
  items: readonly T[],
  idOf: (item: T) => string | number,
  handle: (item: T) => Promise<void>,
): Promise<void> {
  const waiting = [...items];
  const worker = async (): Promise<void> => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) {
      await handle(item).catch((error: unknown) => context.log.warn(`${event}.failed`, { id: idOf(item), error }));
    }
  };
  await Promise.all(Array.from({ length: Math.min(AT_A_TIME, items.length) }, worker));
}
