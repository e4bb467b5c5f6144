import type { Fact } from "./shapes.js";

/** The projections of gates as lines, for comparing what the entries say with what the tables hold; in any order. */
export interface GateLines {
  /** `gate item status owner seq-of-the-opening told`, one for each gate that was ever sick. */
  readonly items: readonly string[];
  /** `seq gate item what`, one for each thing that was done to a gate. */
  readonly marks: readonly string[];
}

interface Item {
  readonly item: number;
  readonly status: "open" | "mended" | "recovered";
  readonly owner: string;
  readonly openedSeq: number;
  readonly told: boolean;
}

/** Folds the facts of gates, oldest first; other facts are let pass. */
export function createGateFold(): { entry(seq: number, fact: Fact): void; lines(): GateLines } {
  const items = new Map<string, Item>();
  const marks: string[] = [];
  return {
    entry: (seq, fact) => {
      switch (fact.type) {
        case "gate.sickened": {
          const { gate, item, owner } = fact;
          items.set(gate, { item, status: "open", owner, openedSeq: seq, told: false });
          marks.push(`${seq} ${gate} ${item} sickened`);
          return;
        }
        case "gate.mended":
          close(items, fact.gate, "mended");
          marks.push(`${seq} ${fact.gate} ${fact.item} ${fact.how}`);
          return;
        case "gate.recovered":
          close(items, fact.gate, "recovered");
          marks.push(`${seq} ${fact.gate} ${fact.item} recovered`);
          return;
        case "gate.overdue": {
          const known = items.get(fact.gate);
          if (known !== undefined) items.set(fact.gate, { ...known, told: true });
          return;
        }
        default:
          return;
      }
    },
    lines: () => ({
      items: [...items].map(
        ([gate, { item, status, owner, openedSeq, told }]) => `${gate} ${item} ${status} ${owner} ${openedSeq} ${told}`,
      ),
      marks: [...marks],
    }),
  };
}

function close(items: Map<string, Item>, gate: string, status: "mended" | "recovered"): void {
  const known = items.get(gate);
  if (known !== undefined) items.set(gate, { ...known, status });
}

/** Do the tables hold what the entries say? */
export function sameGates(expected: GateLines, stored: GateLines): boolean {
  const joined = (lines: readonly string[]): string => [...lines].sort().join("\n");
  return joined(expected.items) === joined(stored.items) && joined(expected.marks) === joined(stored.marks);
}
