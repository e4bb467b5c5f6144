import { describe, expect, test } from "vitest";
import { sealEntry } from "../../../src/domain/events/body.js";
import type { NewEntry } from "../../../src/domain/events/entries.js";
import { compareProjections, expectedOf, type Projected } from "../../../src/domain/verify/projections.js";
import type { StoredRow } from "../../../src/domain/verify/rows.js";
import { since } from "../../support/domain/clock.js";
import {
  acked,
  actionOpened,
  activated,
  at,
  by,
  bySystem,
  closed,
  declared,
  type Line,
  submitted,
} from "../../support/domain/lines.js";
import { LEO, MIRA, NOOR } from "../../support/domain/people.js";
import { numbered } from "../../support/domain/scenario.js";

const HISTORY: readonly Line[] = [
  ...declared(),
  at("1s", bySystem("delivery", { type: "alert.posted", channel: "#incidents", ts: "1.1" })),
  at("1m", acked(LEO, 1, 1)),
  at("1m", activated(LEO, "61m")),
  at("5m", closed),
  at("1h", submitted(MIRA, { verdict: "gate-at-fault", gatesAtFault: ["e2e-suite"] })),
  at("1h", actionOpened(MIRA, 1, "U0NOOR")),
  at("1h", actionOpened(MIRA, 2, "U0LEO")),
  at("2h", by(NOOR, { type: "action.ended", action: 1, outcome: "done", roleAsOf: null })),
];

const snakeCase = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
const stored = (row: object): StoredRow =>
  Object.fromEntries(Object.entries(row).map(([name, value]) => [snakeCase(name), value]));

/** What the tables of a sound database hold for these entries. Nothing of it is compared with the outbox. */
function projected(lines: readonly Line[] = HISTORY): Projected {
  const expected = expectedOf(numbered(lines));
  if (expected === null) throw new Error("no entries");
  const bodies = numbered(lines).map(
    (entry, index) =>
      sealEntry(entry satisfies NewEntry, {
        stream: { kind: "bypass", n: 7 },
        version: index + 1,
        commandId: `c${index}`,
        nonce: () => "0".repeat(32),
      }).body,
  );
  return {
    n: 7,
    row: stored(expected.row),
    bodies,
    approvals: expected.approvals,
    actions: expected.actions.map(stored),
    outbox: [],
  };
}

const SOUND = projected();
const found = (change: Partial<Projected>) =>
  compareProjections({ ...SOUND, ...change })
    .filter(({ kind }) => kind === "projection")
    .map(({ message }) => message);
const action = (change: object) => ({ actions: [{ ...SOUND.actions[0], ...change }, SOUND.actions[1] ?? {}] });

describe("the tables of a bypass", () => {
  test("follow from its entries, whatever their order and the form of their times", () => {
    expect(found({})).toEqual([]);
    expect(found({ actions: [...SOUND.actions].reverse(), approvals: [...SOUND.approvals].reverse() })).toEqual([]);
    expect(found({ row: { ...SOUND.row, declared_at: "2026-03-10 04:00:00+02" } })).toEqual([]);
    expect(SOUND.row).toMatchObject({
      status: "closed",
      review_status: "submitted",
      actions_opened: 2,
      declared_seq: 1,
    });
    expect(SOUND.approvals).toEqual(["leo U0LEO 4"]);
    expect(SOUND.actions).toMatchObject([
      { action: 1, seq: 8, owner: "U0NOOR", status: "done", ended_at: since("2h") },
      { action: 2, seq: 9, owner: "U0LEO", status: "open", ended_at: null },
    ]);
  });

  test.each(Object.keys(SOUND.row ?? {}))("are found wrong in column %s", (column) => {
    const value = SOUND.row?.[column];
    const others = Array.isArray(value)
      ? [...value, "x"]
      : typeof value === "number"
        ? value + 1
        : "2020-01-01T00:00:00Z";
    expect(found({ row: { ...SOUND.row, [column]: others } })).toEqual([
      `BG-7: column ${column} is not what the entries say.`,
    ]);
    expect(found({ row: { ...SOUND.row, [column]: undefined } })).toEqual([
      `BG-7: column ${column} is not what the entries say.`,
    ]);
  });

  test.each([
    [
      "another row of an approval",
      { approvals: ["leo U0LEO 5"] },
      "the table of approvals is not what the entries say",
    ],
    ["no approval", { approvals: [] }, "the table of approvals is not what the entries say"],
    ["no row", { row: null }, "it has entries, but no row"],
    [
      "an action of nobody",
      { actions: [...SOUND.actions, { action: 3 }] },
      "the tables know an action 3, but no entry does",
    ],
    ["an action that is gone", { actions: SOUND.actions.slice(1) }, "its action 1 has no row"],
    ["an action of another owner", action({ owner: "U0LEO" }), "owner of its action 1 is not what the entries say"],
    [
      "an action that is open again",
      action({ ended_at: null }),
      "ended_at of its action 1 is not what the entries say",
    ],
    ["an action of another entry", action({ seq: null }), "seq of its action 1 is not what the entries say"],
    ["no entries", { bodies: [] }, "the tables know it, but it has no entries"],
    [
      "entries that make no history",
      { bodies: SOUND.bodies.slice(1) },
      "its entries make no history, so its row cannot be compared",
    ],
    ["an entry that cannot be read", { bodies: ["{}"] }, "its entries make no history, so its row cannot be compared"],
  ] as const)("are found with %s", (_, change, what) => {
    expect(found(change)).toEqual([`BG-7: ${what}.`]);
  });

  test("are compared with what was to be delivered, too", () => {
    const kinds = compareProjections(SOUND).map(({ kind, seq, message }) => `${kind} ${seq} ${message}`);
    expect(kinds).toContain("delivery 0 BG-7: nothing was queued for its alert, which its version 1 calls for.");
  });
});
