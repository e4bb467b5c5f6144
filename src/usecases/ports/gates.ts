import type { Actor } from "../../domain/events/actor.js";
import type { GateEvent } from "../../domain/events/catalogue/gate.js";
import type { GateItem } from "../../domain/gate/gate-item.js";
import type { Counted } from "../../domain/gate/readings.js";

/** An item of a gate as it is on record. */
export interface RecordedGateItem extends GateItem {
  /** 24 hex digits of the hash of the entry that opened it. */
  readonly identity: string;
}

/** An event in the history of a gate. */
export interface GateMark {
  readonly seq: number;
  /** 24 hex digits of the hash at `seq`. */
  readonly head: string;
  readonly item: number;
  readonly what: "flagged" | "put_off" | "changed" | "retired" | "recovered";
  /** ISO 8601, UTC. */
  readonly at: string;
  /** The owner's reason; `null` when none was given or it was redacted. */
  readonly reason: string | null;
}

/** Queries for the readings of gates. */
export interface GateQueries {
  /** Bypasses of these gates (`null`: of all) that became active since then (ISO), without drills. */
  counted(since: string, gates: readonly string[] | null): Promise<readonly Counted[]>;
  /** The newest item of each gate that has ever been sick. */
  gateItems(): Promise<readonly RecordedGateItem[]>;
  /** One entry about a gate, such as the one that opened an item, with its evidence. */
  gateEntry(seq: number): Promise<{ readonly event: GateEvent; readonly actor: Actor } | null>;
  /** The history of that gate, oldest first. */
  gateMarks(gate: string): Promise<readonly GateMark[]>;
}
