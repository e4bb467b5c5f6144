import { setTimeout as wait } from "node:timers/promises";
import { type Turn, turnOf } from "./rounds.js";

/**
 * Open loop: sends requests on a schedule, whether or not earlier ones were answered. Each latency counts from the
 * scheduled time.
 * @param answered sends a request and resolves with the `performance.now()` of its answer
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
