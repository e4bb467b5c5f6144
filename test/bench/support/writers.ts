import { type Turn, turnOf } from "./rounds.js";

/**
 * Closed loop: each writer asks for its next one when the last was answered. `work` holds what each writer asks, in
 * its order.
 */
export async function byWriters<T>(work: readonly (readonly T[])[], ask: (one: T) => Promise<void>): Promise<Turn> {
  const latencies: number[] = [];
  const began = performance.now();
  await Promise.all(
    work.map(async (own) => {
      for (const one of own) {
        const asked = performance.now();
        await ask(one);
        latencies.push(performance.now() - asked);
      }
    }),
  );
  return turnOf(latencies, (performance.now() - began) / 1000);
}
