import type { STAGES } from "../review/facts.js";

/** What a gate needed by which it counts as sick: bypasses in the window, or verdicts that name it. */
export type SickBecause = "count" | "verdicts";

/**
 * The facts of a gate item: the owned work that a sick gate becomes. `item` counts from 1 per gate, one more at each
 * relapse. They stand in the stream `system`. Times are ISO 8601 in UTC.
 */
export type GateFact =
  | {
      readonly type: "gate.sickened";
      readonly gate: string;
      readonly item: number;
      /** The role that owns the gate. */
      readonly owner: string;
      readonly dueAt: string;
      readonly because: SickBecause;
      /** Bypasses in the window. */
      readonly count: number;
      /** Verdicts in the window, and those of them that name the gate. */
      readonly reviewed: number;
      readonly atFault: number;
      readonly windowSeconds: number;
      /** The evidence: numbers of the bypasses that count. */
      readonly bypasses: readonly number[];
    }
  | {
      readonly type: "gate.reminded";
      readonly gate: string;
      readonly item: number;
      readonly slot: string;
      readonly stage: (typeof STAGES)[number];
      readonly role: string;
    }
  | { readonly type: "gate.overdue"; readonly gate: string; readonly item: number; readonly slot: string }
  | {
      readonly type: "gate.snoozed";
      readonly gate: string;
      readonly item: number;
      readonly until: string;
      readonly roleAsOf: string | null;
    }
  /** The owner says that the gate was changed, or is gone; bypasses before this no longer count against it. */
  | {
      readonly type: "gate.mended";
      readonly gate: string;
      readonly item: number;
      readonly how: "changed" | "retired";
      readonly roleAsOf: string | null;
    }
  /** The reading has fallen by itself. */
  | { readonly type: "gate.recovered"; readonly gate: string; readonly item: number; readonly count: number };

/** By type, so that none is forgotten. */
const GATE_FACTS: Readonly<Record<GateFact["type"], true>> = {
  "gate.sickened": true,
  "gate.reminded": true,
  "gate.overdue": true,
  "gate.snoozed": true,
  "gate.mended": true,
  "gate.recovered": true,
};

/** Is that fact one of a gate? */
export const isGateFact = (fact: { readonly type: string }): fact is GateFact => Object.hasOwn(GATE_FACTS, fact.type);
