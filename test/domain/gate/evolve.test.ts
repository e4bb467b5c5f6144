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

/** The principal are told one second after the other, from entry 1. */
const given = (...principal: readonly GateEvent[]): GateItem | null =>
  principal.reduce<GateItem | null>(
    (item, event, index) => evolveGate(item, event, { seq: index + 1, at: at(index + 1) }),
    null,
  );

describe("A gate item", () => {
  test("is opened, followUp and put off", () => {
    const followUp = given(
      flagged(),
      { type: "gate.reminded", ...of, slot: SLOT, stage: "before", role: "on-call-lead" },
      { type: "gate.overdue", ...of, slot: SLOT },
      { type: "gate.put_off", ...of, until: SLOT, roleAsOf: null },
    );
    expect(followUp).toMatchObject({ status: "open", owner: "on-call-lead", openedSeq: 1, openedAt: at(1) });
    expect(followUp?.progress).toEqual({ remindedTo: SLOT, told: true, escalated: false, putOffUntil: SLOT });
  });

  test("is closed by a mending or a fallen reading", () => {
    expect(given(flagged(), fixed)).toMatchObject({ status: "fixed", closedAt: at(2), fixedAt: at(2) });
    const recovered = given(flagged(), { type: "gate.recovered", ...of, count: 1 });
    expect(recovered).toMatchObject({ status: "recovered", closedAt: at(2), fixedAt: null });
  });

  test("begins anew at a relapse, and keeps when the gate was last fixed", () => {
    const overdue: GateEvent = { type: "gate.overdue", ...of, slot: SLOT };
    const again = given(flagged(), overdue, fixed, flagged(2));
    expect(again).toMatchObject({ item: 2, status: "open", openedSeq: 4, closedAt: null, fixedAt: at(3) });
    expect(again?.progress.told).toBe(false);
  });

  test.each<[string, readonly GateEvent[]]>([
    ["is opened twice", [flagged(), flagged(2)]],
    ["leaves an item out", [flagged(2)]],
    ["is fixed before it was sick", [fixed]],
    ["is fixed twice", [flagged(), fixed, fixed]],
    ["is of another item", [flagged(), { ...fixed, item: 2 }]],
  ])("makes no history that %s", (_, principal) => {
    expect(() => given(...principal)).toThrow(/The trail cannot be read at entry/);
  });
});
