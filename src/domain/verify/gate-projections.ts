import type { TrailEvent } from "../events/catalogue/catalogue.js";
import { type GateEvent, isGateEvent } from "../events/catalogue/gate.js";
import { evolveGate } from "../gate/evolve.js";
import type { GateItem } from "../gate/gate-item.js";
import { gateViolations } from "../gate/invariants.js";
import { compareRows, type RowSentences, type StoredRow } from "./rows.js";

/** The projections of gates as stored: the newest item of each gate, and the history of what was done to gates. */
export interface GateTables {
  readonly items: readonly StoredRow[];
  readonly marks: readonly StoredRow[];
  /** The last entry of the trail when the tables were read. */
  readonly upTo: number;
}

/** Folds the events of gates, oldest first: checks each, and compares the result with the tables. */
export interface GateFold {
  /** Returns the invariants that the entry breaks, see `gateViolations`. Ignores events that concern no gate. */
  entry(seq: number, event: TrailEvent, at: string): readonly string[];
  /** The newest item of a gate so far; `null` before the first. */
  newest(gate: string): GateItem | null;
  /** Every difference from the tables, each as a sentence. */
  differences(stored: GateTables): readonly string[];
}

/** The newest item of a gate, as far as its entries can be folded. */
interface Folded {
  readonly item: GateItem | null;
  /** An entry could not be applied. It is reported, and later entries are checked as if it had changed nothing. */
  readonly isBroken: boolean;
}

/** Creates an empty fold. */
export function createGateFold(): GateFold {
  const byGate = new Map<string, Folded>();
  const marks = new Map<number, object>();
  return {
    entry: (seq, event, at) => {
      if (!isGateEvent(event)) return [];
      const { gate, item } = event;
      const what = markOf(event);
      if (what !== null) marks.set(seq, { seq, gate, item, what, at });
      const { item: before, isBroken } = byGate.get(gate) ?? { item: null, isBroken: false };
      const after = evolved(before, event, { seq, at });
      byGate.set(gate, { item: after ?? before, isBroken: isBroken || after === null });
      const violations = gateViolations(before, event, at);
      return after !== null || violations.length > 0 ? violations : ["does not fit the entries of its gate before it"];
    },
    newest: (gate) => byGate.get(gate)?.item ?? null,
    differences: (stored) => {
      const rows = [...byGate].map(
        ([gate, { item, isBroken }]) => [gate, item === null || isBroken ? null : rowOf(item)] as const,
      );
      return [
        ...rows.flatMap(([gate, row]) =>
          row === null ? [`gate_items: the entries of ${gate} make no history, so its row cannot be compared.`] : [],
        ),
        ...compareRows(rows, stored.items, "gate", sentencesOf("gate_items")),
        ...compareRows([...marks], stored.marks, "seq", sentencesOf("gate_marks")),
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

/** The row of `gate_items` for an item: every column. */
function rowOf({ progress, ...item }: GateItem): object {
  const { remindedTo, announced, putOffUntil, putOffs } = progress;
  return { ...item, remindedTo, announced, putOffUntil, putOffs };
}

/** The value of `gate_marks.what` for an event; `null` for an event that does not change the state of the gate. */
function markOf(event: GateEvent): string | null {
  switch (event.type) {
    case "gate.flagged":
      return "flagged";
    case "gate.fixed":
      return event.how;
    case "gate.recovered":
      return "recovered";
    case "gate.put_off":
      return "put_off";
    case "gate.reminded":
    case "gate.overdue":
      return null;
    default:
      return event satisfies never;
  }
}

const sentencesOf = (table: string): RowSentences => ({
  missing: (key) => `${table}: ${key} has entries, but no row.`,
  surplus: (key) => `${table}: ${key} has a row, but no entries.`,
  wrong: (key, column) => `${table}: ${column} of ${key} is not what the entries say.`,
});
