import type { Temperature } from "../../domain/gate/readings.js";

/** Charts of readings, as PNG. The messages state the same numbers in words, so no chart is needed to know them. */
export interface Charts {
  /** All gates, the sickest first, with the thresholds. */
  gates(of: {
    readonly gates: readonly { readonly title: string; readonly count: number; readonly temperature: Temperature }[];
    readonly warmAt: number;
    readonly sickAt: number;
    readonly windowSeconds: number;
  }): Promise<Uint8Array>;
  /** One gate per month (`2026-03`), with the marks of its history (ISO times). */
  history(of: {
    readonly title: string;
    readonly months: readonly { readonly month: string; readonly count: number }[];
    readonly marks: readonly { readonly what: string; readonly at: string }[];
  }): Promise<Uint8Array>;
}
