import { describe, expect, test } from "vitest";
import type { GateEvent } from "../../../src/domain/events/catalogue/gate.js";
import { createGateFold, type GateTables } from "../../../src/domain/verify/gate-projections.js";

const AT = (day: number) => `2026-03-${String(day).padStart(2, "0")}T09:00:00.000Z`;
const of = { gate: "e2e-suite", item: 1 } as const;
const flagged = (item = 1, gate = "e2e-suite"): GateEvent => ({
  type: "gate.flagged",
  gate,
  item,
  owner: "on-call-lead",
  because: "count",
  count: 3,
  windowSeconds: 30 * 86_400,
  bypasses: [1, 2, 3],
  atFault: 0,
  reviewed: 0,
  dueAt: AT(20),
});
const fixed = (how: "changed" | "retired" = "changed"): GateEvent => ({
  type: "gate.fixed",
  ...of,
  how,
  roleAsOf: null,
});
const putOff: GateEvent = { type: "gate.put_off", ...of, until: AT(12), count: 1, roleAsOf: null };
const reminded: GateEvent = { type: "gate.reminded", ...of, slot: AT(9), stage: "before", role: "on-call-lead" };
const overdue: GateEvent = { type: "gate.overdue", ...of, slot: AT(9) };
const recovered: GateEvent = { type: "gate.recovered", ...of, count: 1 };

/** Folds these events, a day apart, as entries 11, 12, … */
function folded(...events: readonly GateEvent[]) {
  const fold = createGateFold();
  const violations = events.flatMap((event, index) => fold.entry(11 + index, event, AT(8 + index)));
  return { fold, violations };
}

const ITEM = {
  gate: "e2e-suite",
  item: 1,
  status: "open",
  owner: "on-call-lead",
  opened_seq: 11,
  opened_at: AT(8),
  due_at: AT(20),
  closed_at: null,
  fixed_at: null,
  reminded_to: null,
  announced: false,
  put_off_until: null,
  put_offs: 0,
};
const mark = (seq: number, what: string, day: number) => ({ seq, gate: "e2e-suite", item: 1, what, at: AT(day) });
const tables = (change: Partial<GateTables>): GateTables => ({ items: [], marks: [], upTo: 99, ...change });

describe("the tables of gates", () => {
  test("follow from the entries", () => {
    const { fold, violations } = folded(flagged(), reminded, putOff, fixed());
    expect(violations).toEqual([]);
    const items = [
      {
        ...ITEM,
        status: "fixed",
        reminded_to: AT(9),
        put_off_until: AT(12),
        put_offs: 1,
        closed_at: AT(11),
        fixed_at: AT(11),
      },
    ];
    const marks = [mark(11, "flagged", 8), mark(13, "put_off", 10), mark(14, "changed", 11)];
    expect(fold.differences(tables({ items, marks }))).toEqual([]);
    expect(fold.newest("e2e-suite")).toMatchObject({ item: 1, status: "fixed" });
    expect(fold.newest("two-approvals")).toBeNull();
  });

  test("tell how an item was closed", () => {
    const last = (...events: readonly GateEvent[]) =>
      folded(flagged(), ...events).fold.differences(
        tables({ items: [], marks: [mark(11, "flagged", 8), mark(12, "x", 9)] }),
      );
    expect(last(fixed("retired"))).toContain("gate_marks: what of 12 is not what the entries say.");
    const closed = { ...ITEM, status: "recovered", closed_at: AT(9) };
    const { fold } = folded(flagged(), recovered);
    expect(
      fold.differences(tables({ items: [closed], marks: [mark(11, "flagged", 8), mark(12, "recovered", 9)] })),
    ).toEqual([]);
    const announced = folded(flagged(), overdue).fold;
    expect(
      announced.differences(tables({ items: [{ ...ITEM, announced: true }], marks: [mark(11, "flagged", 8)] })),
    ).toEqual([]);
  });

  test.each(Object.keys(ITEM).filter((column) => column !== "gate"))("are found wrong in column %s", (column) => {
    const { fold } = folded(flagged());
    const items = [{ ...ITEM, [column]: "2020-01-01T00:00:00Z" }];
    expect(fold.differences(tables({ items, marks: [mark(11, "flagged", 8)] }))).toEqual([
      `gate_items: ${column} of e2e-suite is not what the entries say.`,
    ]);
  });

  test("are found with rows that are missing, or that no entry tells of", () => {
    const { fold } = folded(flagged(), flagged(1, "two-approvals"));
    const other = { ...ITEM, gate: "lint" };
    expect(
      fold.differences(tables({ items: [ITEM, other], marks: [mark(11, "flagged", 8), mark(50, "flagged", 8)] })),
    ).toEqual([
      "gate_items: two-approvals has entries, but no row.",
      "gate_items: lint has a row, but no entries.",
      "gate_marks: 12 has entries, but no row.",
      "gate_marks: 50 has a row, but no entries.",
    ]);
  });
});

describe("an impossible entry about a gate", () => {
  test("is reported, the later ones are judged as if it had changed nothing, and the row is not compared", () => {
    const { fold, violations } = folded(flagged(), flagged(2), reminded);
    expect(violations).toHaveLength(1);
    expect(fold.newest("e2e-suite")).toMatchObject({ item: 1, status: "open", progress: { remindedTo: AT(9) } });
    const marks = [mark(11, "flagged", 8), { ...mark(12, "flagged", 9), item: 2 }];
    expect(fold.differences(tables({ items: [{ ...ITEM, owner: "nobody" }], marks }))).toEqual([
      "gate_items: the entries of e2e-suite make no history, so its row cannot be compared.",
    ]);
  });

  test("is none when it concerns no gate", () => {
    const fold = createGateFold();
    expect(fold.entry(1, { type: "bot.stopped", instance: "x" }, AT(1))).toEqual([]);
    expect(fold.differences(tables({}))).toEqual([]);
  });

  test("is found before the first item of the gate", () => {
    expect(folded(fixed()).violations).toEqual(["records gate.fixed of a gate item that is not open"]);
    expect(folded(fixed()).fold.newest("e2e-suite")).toBeNull();
  });
});
