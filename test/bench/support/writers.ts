import { type Turn, turnOf } from "./rounds.js";

/**
 * Closed loop for `forMs`: each writer sends its next item when the last one was answered.
 * @param next the next item of this writer; `undefined` when it has none left
 */
export async function byWriters<T>(
  writers: number,
  forMs: number,
  next: (writer: number) => T | undefined,
  ask: (item: T) => Promise<void>,
): Promise<Turn> {
  const latencies: number[] = [];
  const began = performance.now();
  const write = async (writer: number): Promise<void> => {
    for (let asked = began; asked < began + forMs; ) {
      const item = next(writer);
      if (item === undefined) return;
      await ask(item);
      const answered = performance.now();
      latencies.push(answered - asked);
      asked = answered;
    }
  };
  await Promise.all(Array.from({ length: writers }, (_, writer) => write(writer)));
  return turnOf(latencies, (performance.now() - began) / 1000);
}
