import { Gauge, type Registry } from "prom-client";
import { ALL_WORDS, READYZ_WORDS, wordOf } from "../usecases/ports/readyz-words.js";
import type { Readiness } from "./health.js";

/** Shows a reading of `/readyz` as metrics: one series for each word, 1 while it holds. */
export type ShowReadiness = (readiness: Readiness) => void;

/** Creates the gauges. */
export function createReadinessGauges(registers: Registry[]): ShowReadiness {
  const gauge = (name: string, help: string) =>
    new Gauge({ name: `breakglass_${name}`, help, labelNames: ["word"], registers });
  const down = gauge("down", "1 while /readyz says this word under down: nothing can be recorded.");
  const degraded = gauge("degraded", "1 while /readyz says this word under degraded.");
  return (readiness) => {
    for (const metric of [down, degraded]) metric.reset();
    for (const word of ALL_WORDS) (READYZ_WORDS[word].state === "down" ? down : degraded).set({ word }, 0);
    for (const entry of readiness.down) down.set({ word: wordOf(entry) }, 1);
    for (const entry of readiness.degraded) degraded.set({ word: wordOf(entry) }, 1);
  };
}
