import type { Temperature } from "../../domain/gate/readings.js";

/** Pictures of readings, as PNG. Every one is beside its numbers in words: nobody needs the picture to know. */
export interface Charts {
  /** All gates, the sickest first, with the thresholds. */
  gates(of: {
    readonly gates: readonly { readonly title: string; readonly count: number; readonly temperature: Temperature }[];
    readonly warmAt: number;
    readonly sickAt: number;
    readonly windowSeconds: number;
  }): Promise<Uint8Array>;
  /** One gate month by month (`2026-03`), with what was done to it (ISO times). */
  history(of: {
    readonly title: string;
    readonly months: readonly { readonly month: string; readonly count: number }[];
    readonly marks: readonly { readonly what: string; readonly at: string }[];
  }): Promise<Uint8Array>;
}
