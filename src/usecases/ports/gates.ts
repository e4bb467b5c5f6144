import type { GateEvent } from "../../domain/events/catalogue/gate.js";
import type { GateItem } from "../../domain/gate/gate-item.js";
import type { Counted } from "../../domain/gate/readings.js";

/** Something that was done to a gate, for its history. */
export interface GateMark {
  readonly seq: number;
  readonly item: number;
  readonly what: "flagged" | "changed" | "retired" | "recovered";
  /** ISO 8601, UTC. */
  readonly at: string;
  /** Why, where the owner said; `null`: nobody did, or it was redacted. */
  readonly reason: string | null;
}

/** What is read for the readings of gates. */
export interface GateQueries {
  /** Bypasses of any of these gates (of all where `null`) that became active since then (ISO); drills left out. */
  counted(since: string, gates: readonly string[] | null): Promise<readonly Counted[]>;
  /** The newest item of each gate that was ever sick. */
  gateItems(): Promise<readonly GateItem[]>;
  /** The entry that opened an item, with its evidence. */
  flagged(seq: number): Promise<Extract<GateEvent, { type: "gate.flagged" }> | null>;
  /** What was done to that gate, oldest first. */
  gateMarks(gate: string): Promise<readonly GateMark[]>;
}
