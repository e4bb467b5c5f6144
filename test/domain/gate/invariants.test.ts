import { describe, expect, test } from "vitest";
import type { GateEvent } from "../../../src/domain/events/catalogue/gate.js";
import { createGateFold } from "../../../src/domain/verify/gate-projections.js";
import { byPerson, bySystem, days, foundIn, type Line, MIA, minuteAt } from "../../support/domain/histories.js";

type Flag = Extract<GateEvent, { type: "gate.flagged" }>;

const flagged = (item = 1, change: Partial<Flag> = {}): Line =>
  bySystem({
    type: "gate.flagged",
    gate: "e2e-suite",
    item,
    owner: "on-call-lead",
    dueAt: minuteAt(days(10)),
    because: "count",
    count: 3,
    reviewed: 0,
    atFault: 0,
    windowSeconds: 2_592_000,
    bypasses: [1, 2, 3],
    ...change,
  });
const of = (item: number) => ({ gate: "e2e-suite", item });
const reminded = (slot = minuteAt(0), item = 1): Line =>
  bySystem({ type: "gate.reminded", ...of(item), slot, stage: "due", role: "r" });
const overdue = (slot = minuteAt(0), item = 1): Line => bySystem({ type: "gate.overdue", ...of(item), slot });
const putOff = (until = minuteAt(5), item = 1, count = 1): Line =>
  byPerson(MIA, { type: "gate.put_off", ...of(item), until, count, roleAsOf: null });
const fixed = (item = 1): Line => byPerson(MIA, { type: "gate.fixed", ...of(item), how: "changed", roleAsOf: null });
const recovered = (item = 1, count = 0): Line => bySystem({ type: "gate.recovered", ...of(item), count });
const DONE = [reminded(), overdue(), putOff(), fixed(), recovered()];

describe("No violation is found in gate items", () => {
  test.each<readonly [string, readonly Line[]]>([
    [
      "that are followed up, put off and fixed",
      [flagged(), reminded(), overdue(), putOff(minuteAt(days(31))), putOff(minuteAt(5), 1, 2), fixed()],
    ],
    ["that are flagged again after a fix, and recover", [flagged(), fixed(), flagged(2), recovered(2)]],
    ["beside those of another gate", [flagged(), flagged(1, { gate: "two-approvals" }), fixed()]],
  ])("%s", (_, lines) => {
    expect(foundIn(...lines)).toEqual([]);
  });
});

describe("Each violation of a gate item's invariants is found, and nothing else is", () => {
  test.each<readonly [string, readonly Line[]]>([
    ["Entry 2 flags a gate that has an open item.", [flagged(), flagged(2)]],
    ["Entry 1 counts the items of a gate wrong.", [flagged(2)]],
    ["Entry 3 counts the items of a gate wrong.", [flagged(), fixed(), flagged(1)]],
    ["Entry 1 flags a gate that no policy could name.", [flagged(1, { gate: "" })]],
    ["Entry 1 flags a gate that no policy could name.", [flagged(1, { gate: "g".repeat(64) })]],
    ["Entry 1 flags a gate without an owner.", [flagged(1, { owner: "" })]],
    ["Entry 1 flags a gate to be fixed by no moment.", [flagged(1, { dueAt: "soon" })]],
    ...(["count", "reviewed", "atFault", "windowSeconds"] as const).map(
      (field) => ["Entry 1 counts less than nothing.", [flagged(1, { [field]: -1 })]] as const,
    ),
    ["Entry 1 counts less than nothing.", [flagged(1, { bypasses: [1, -2] })]],
    ["Entry 2 counts less than nothing.", [flagged(), recovered(1, -1)]],
    ["Entry 2 reminds at no moment.", [flagged(), reminded("soon")]],
    ["Entry 2 reminds more than a day before its moment.", [flagged(), reminded(minuteAt(days(1) + 1))]],
    ["Entry 2 reminds more than a day before its moment.", [flagged(), overdue(minuteAt(days(1) + 1))]],
    ["Entry 2 puts off for more than 31 days.", [flagged(), putOff(minuteAt(days(31) + 1))]],
    ["Entry 2 counts the put-offs of a gate item wrong.", [flagged(), putOff(minuteAt(5), 1, 2)]],
    [
      "Entry 4 puts off more than 2 times.",
      [flagged(), putOff(), putOff(minuteAt(5), 1, 2), putOff(minuteAt(5), 1, 3)],
    ],
    ["Entry 2 puts off until a moment that has passed.", [flagged(), putOff(minuteAt(-1))]],
    ["Entry 2 records gate.fixed by a system, but only a person may.", [flagged(), bySystem(fixed().event)]],
    [
      "Entry 2 records gate.recovered by a person, but only a system may.",
      [flagged(), byPerson(MIA, recovered().event)],
    ],
    ...DONE.flatMap((line) => {
      const what = `records ${line.event.type} of a gate item that is not open.`;
      const other = { ...line, event: { ...line.event, item: 2 } } as Line;
      return [
        [`Entry 1 ${what}`, [line]],
        [`Entry 3 ${what}`, [flagged(), fixed(), line]],
        [`Entry 2 ${what}`, [flagged(), other]],
      ] as const;
    }),
  ])("%s", (sentence, lines) => {
    expect(foundIn(...lines)).toEqual([sentence]);
  });

  test("An entry that does not fit does not affect later ones, but its gate can no longer be compared", () => {
    expect(foundIn(fixed(), flagged(), fixed())).toEqual([
      "Entry 1 records gate.fixed of a gate item that is not open.",
    ]);
    const fold = createGateFold();
    fold.entry(1, { type: "gate.recovered", ...of(1), count: 0 }, minuteAt(0));
    expect(fold.differences({ items: [], marks: [], upTo: 1 })).toContain(
      "gate_items: the entries of e2e-suite make no history, so its row cannot be compared.",
    );
  });
});
