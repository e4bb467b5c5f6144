import type { TrailEvent } from "../events/catalogue/catalogue.js";
import { type GateEvent, isGateEvent } from "../events/catalogue/gate.js";
import { evolveGate } from "../gate/evolve.js";
import type { GateItem } from "../gate/gate-item.js";
import { gateViolations } from "../gate/invariants.js";
import { type StoredRow, wrongColumns } from "./columns.js";

/** The projections of gates as the database has them: the newest item of each gate, and what was done to gates. */
export interface GateTables {
  readonly items: readonly StoredRow[];
  readonly marks: readonly StoredRow[];
  /** The last entry of the trail when they were read. */
  readonly upTo: number;
}

/** Folds the events of gates, oldest first: judges each, and compares what they say with what the tables hold. */
export interface GateFold {
  /** Answers what the entry breaks, see `gateViolations`. Facts of other things are let pass. */
  entry(seq: number, event: TrailEvent, at: string): readonly string[];
  /** Everything in which the tables differ, each as a sentence. */
  differences(stored: GateTables): readonly string[];
}

/** The newest item of a gate, as far as its entries make a history. */
interface Folded {
  readonly item: GateItem | null;
  /** An entry did not fit. It was judged, and later ones are judged as if it had changed nothing. */
  readonly isBroken: boolean;
}

/** A fold that has read nothing yet. */
export function createGateFold(): GateFold {
  /** By gate. */
  const folded = new Map<string, Folded>();
  const marks = new Map<number, object>();
  return {
    entry: (seq, event, at) => {
      if (!isGateEvent(event)) return [];
      const { gate, item } = event;
      const what = markOf(event);
      if (what !== null) marks.set(seq, { seq, gate, item, what, at });
      const { item: before, isBroken } = folded.get(gate) ?? { item: null, isBroken: false };
      const after = evolved(before, event, { seq, at });
      folded.set(gate, { item: after ?? before, isBroken: isBroken || after === null });
      const violations = gateViolations(before, event, at);
      return after !== null || violations.length > 0 ? violations : ["does not fit the entries of its gate before it"];
    },
    differences: (stored) => {
      const rows = [...folded].map(
        ([gate, { item, isBroken }]) => [gate, item === null || isBroken ? null : rowOf(item)] as const,
      );
      return [
        ...compare("gate_items", "gate", rows, stored.items),
        ...compare("gate_marks", "seq", [...marks], stored.marks),
      ];
    },
  };
}

function evolved(item: GateItem | null, event: GateEvent, entry: { seq: number; at: string }): GateItem | null {
  try {
    return evolveGate(item, event, entry);
  } catch {
    return null;
  }
}

/** What the table `gate_items` holds of an item: every column. */
function rowOf({ progress, ...item }: GateItem): object {
  const { remindedTo, told, putOffUntil } = progress;
  return { ...item, remindedTo, told, putOffUntil };
}

/** The word that `gate_marks` has for what was done; `null` for what changes nothing about the gate itself. */
function markOf(event: GateEvent): string | null {
  switch (event.type) {
    case "gate.flagged":
      return "flagged";
    case "gate.fixed":
      return event.how;
    case "gate.recovered":
      return "recovered";
    case "gate.reminded":
    case "gate.overdue":
    case "gate.put_off":
      return null;
    default:
      return event satisfies never;
  }
}

/** Row by row, each found by its key. */
function compare(
  table: string,
  key: string,
  expected: readonly (readonly [string | number, object | null])[],
  stored: readonly StoredRow[],
): readonly string[] {
  const left = new Map(stored.map((row) => [row[key], row]));
  const differences = expected.flatMap(([value, row]): readonly string[] => {
    const found = left.get(value);
    left.delete(value);
    if (row === null) return [`${table}: the entries of ${value} make no history, so its row cannot be compared.`];
    if (found === undefined) return [`${table}: ${value} has entries, but no row.`];
    return wrongColumns(row, found).map((column) => `${table}: ${column} of ${value} is not what the entries say.`);
  });
  return [...differences, ...[...left.keys()].map((value) => `${table}: ${value} has a row, but no entries.`)];
}
