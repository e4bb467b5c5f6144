import { type Turn, turnOf } from "./rounds.js";

/**
 * Closed loop for `forMs`: each writer asks for its next one when the last was answered.
 * @param next what this writer asks next; `undefined` when it has nothing more
 */
export async function byWriters<T>(
  writers: number,
  forMs: number,
  next: (writer: number) => T | undefined,
  ask: (one: T) => Promise<void>,
): Promise<Turn> {
  const latencies: number[] = [];
  const began = performance.now();
  const write = async (writer: number): Promise<void> => {
    for (let asked = began; asked < began + forMs; ) {
      const one = next(writer);
      if (one === undefined) return;
      await ask(one);
      const answered = performance.now();
      latencies.push(answered - asked);
      asked = answered;
    }
  };
  await Promise.all(Array.from({ length: writers }, (_, writer) => write(writer)));
  return turnOf(latencies, (performance.now() - began) / 1000);
}
