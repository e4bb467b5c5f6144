import { describe, expect, test } from "vitest";
import type { GateEvent } from "../../../src/domain/events/catalogue/gate.js";
import { evolveGate } from "../../../src/domain/gate/evolve.js";
import type { GateItem } from "../../../src/domain/gate/gate-item.js";

const of = { gate: "e2e-suite", item: 1 } as const;
const at = (seq: number): string => `2027-03-10T12:00:0${seq}.000Z`;
const SLOT = "2027-03-11T08:00:00.000Z";

const flagged = (item = 1): GateEvent => ({
  type: "gate.flagged",
  gate: "e2e-suite",
  item,
  owner: "on-call-lead",
  dueAt: "2027-03-24T16:00:00.000Z",
  because: "count",
  count: 3,
  reviewed: 0,
  atFault: 0,
  windowSeconds: 2_592_000,
  bypasses: [1, 2, 3],
});
const fixed: GateEvent = { type: "gate.fixed", ...of, how: "changed", roleAsOf: null };

/** Folds the events, one second apart, from entry 1. */
const given = (...events: readonly GateEvent[]): GateItem | null =>
  events.reduce<GateItem | null>(
    (item, event, index) => evolveGate(item, event, { seq: index + 1, at: at(index + 1) }),
    null,
  );

describe("A gate item", () => {
  test("is opened, followed up and put off", () => {
    const item = given(
      flagged(),
      { type: "gate.reminded", ...of, slot: SLOT, stage: "before", role: "on-call-lead" },
      { type: "gate.overdue", ...of, slot: SLOT },
      { type: "gate.put_off", ...of, until: SLOT, count: 1, roleAsOf: null },
    );
    expect(item).toMatchObject({ status: "open", owner: "on-call-lead", openedSeq: 1, openedAt: at(1) });
    expect(item?.progress).toEqual({
      remindedTo: SLOT,
      announced: true,
      escalated: false,
      putOffUntil: SLOT,
      putOffs: 1,
    });
  });

  test("is closed by a fix or by a reading that has fallen", () => {
    expect(given(flagged(), fixed)).toMatchObject({ status: "fixed", closedAt: at(2), fixedAt: at(2) });
    const recovered = given(flagged(), { type: "gate.recovered", ...of, count: 1 });
    expect(recovered).toMatchObject({ status: "recovered", closedAt: at(2), fixedAt: null });
  });

  test("starts over at a relapse, and keeps when the gate was last fixed", () => {
    const overdue: GateEvent = { type: "gate.overdue", ...of, slot: SLOT };
    const again = given(flagged(), overdue, fixed, flagged(2));
    expect(again).toMatchObject({ item: 2, status: "open", openedSeq: 4, closedAt: null, fixedAt: at(3) });
    expect(again?.progress.announced).toBe(false);
  });

  test.each<[string, readonly GateEvent[]]>([
    ["opens it twice", [flagged(), flagged(2)]],
    ["skips an item", [flagged(2)]],
    ["fixes it before it was flagged", [fixed]],
    ["fixes it twice", [flagged(), fixed, fixed]],
    ["names another item", [flagged(), { ...fixed, item: 2 }]],
  ])("rejects a history that %s", (_, events) => {
    expect(() => given(...events)).toThrow(/The trail cannot be read at entry/);
  });
});
