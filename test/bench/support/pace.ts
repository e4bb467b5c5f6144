import { setTimeout as wait } from "node:timers/promises";
import { type Turn, turnOf } from "./rounds.js";

/**
 * Open loop: requests leave by a schedule, whether or not the earlier ones were answered, and each latency counts from
 * the moment at which it should have left.
 * @param answered resolves with `performance.now()` of the moment that counts
 */
export async function paced(
  count: number,
  perSecond: number,
  answered: (index: number) => Promise<number>,
): Promise<Turn & { readonly latencies: readonly number[] }> {
  const latencies: number[] = [];
  const began = performance.now();
  const all: Promise<void>[] = [];
  for (let index = 0; index < count; index += 1) {
    const due = began + (index * 1000) / perSecond;
    const early = due - performance.now();
    if (early > 0) await wait(early);
    all.push(answered(index).then((at) => void latencies.push(at - due)));
  }
  await Promise.all(all);
  return { ...turnOf(latencies, (performance.now() - began) / 1000), latencies };
}
