import { describe, expect, test } from "vitest";
import { answerGate } from "../../../src/domain/gate/answer.js";
import { judgeGate } from "../../../src/domain/gate/flag.js";
import { followUpGate, type GateItem } from "../../../src/domain/gate/gate-item.js";
import {
  type Counted,
  historyOf,
  type Reading,
  readingOf,
  readingsOf,
  trendOf,
} from "../../../src/domain/gate/readings.js";
import { NOT_FOLLOWED_UP } from "../../../src/domain/reminders/due-now.js";
import { DANA, LEO, TOM } from "../../support/domain/people.js";
import { samplePolicy } from "../../support/domain/policies.js";

const NOW = "2027-03-10T12:00:00.000Z";
const DAY_MS = 86_400_000;
const ago = (days: number, more = 0): string => new Date(Date.parse(NOW) - days * DAY_MS + more).toISOString();
const { thermometer } = samplePolicy;

function counted(n: number, activatedAt: string, change: Partial<Counted> = {}): Counted {
  const endsAt = new Date(Date.parse(activatedAt) + 3_600_000).toISOString();
  return {
    n,
    gates: ["e2e-suite"],
    activatedAt,
    endsAt,
    endedAt: endsAt,
    verdict: null,
    gatesAtFault: [],
    forcedBy: null,
    ...change,
  };
}
const read = (all: readonly Counted[], fixedAt: string | null = null): Reading =>
  readingOf("e2e-suite", all, thermometer, fixedAt, NOW);
const atFault = { verdict: "gate-at-fault", gatesAtFault: ["e2e-suite"] } as const;

describe("A reading", () => {
  test.each([
    [0, "healthy"],
    [1, "healthy"],
    [2, "warm"],
    [3, "sick"],
    [9, "sick"],
  ] as const)("of %d bypasses in the window is %s", (count, temperature) => {
    const all = Array.from({ length: count }, (_, index) => counted(index + 1, ago(index + 1)));
    expect(read(all)).toMatchObject({ temperature, count, bypasses: all.map(({ n }) => n) });
  });

  test("counts bypasses that became active after the start of the window, not at it", () => {
    expect(read([counted(1, ago(30)), counted(2, ago(30, 1)), counted(3, NOW)])).toMatchObject({ count: 2, before: 1 });
  });

  test("gives the trend against the window before, where a difference of one is steady", () => {
    expect(trendOf({ count: 3, before: 1 })).toBe("rising");
    expect(trendOf({ count: 2, before: 1 })).toBe("steady");
    expect(trendOf({ count: 0, before: 2 })).toBe("falling");
  });

  test("is sick by its verdicts if at least two are in and more than half name the gate", () => {
    const two = [counted(1, ago(2), atFault), counted(2, ago(1), { ...atFault })];
    expect(readingOf("e2e-suite", two, { ...thermometer, sickAt: 9, warmAt: 9 }, null, NOW)).toMatchObject({
      temperature: "sick",
      because: "verdicts",
    });
    expect(read(two.slice(0, 1)).because).toBeNull();
    const half = [counted(1, ago(2), atFault), counted(2, ago(1), { verdict: "justified" })];
    expect(read(half).because).toBeNull();
    const other = [
      counted(1, ago(2), { verdict: "gate-at-fault", gatesAtFault: ["two-approvals"] }),
      counted(2, ago(1), atFault),
    ];
    expect(read(other).because).toBeNull();
  });

  test("counts a bypass of two gates once in each, and a gate that nobody bypassed as healthy", () => {
    const both = [counted(1, ago(1), { gates: ["e2e-suite", "two-approvals"] })];
    const all = readingsOf(samplePolicy, both, {}, NOW);
    expect(all.map(({ gate, count }) => [gate, count])).toEqual([
      ["e2e-suite", 1],
      ["two-approvals", 1],
    ]);
  });

  test("comes before those of healthier gates, even if these were bypassed more often", () => {
    const blamed = { gates: ["two-approvals"], verdict: "gate-at-fault", gatesAtFault: ["two-approvals"] } as const;
    const sick = [counted(1, ago(3), blamed), counted(2, ago(2), blamed)];
    const fixed = [9, 8, 7, 1].map((days) => counted(10 - days, ago(days)));
    const all = readingsOf(samplePolicy, [...sick, ...fixed], { "e2e-suite": ago(5) }, NOW);
    expect(all.map(({ gate, temperature, count }) => [gate, temperature, count])).toEqual([
      ["two-approvals", "sick", 2],
      ["e2e-suite", "healthy", 4],
    ]);
  });

  test("comes before those of gates of the same temperature that were bypassed less often", () => {
    const more = [1, 2, 3].map((n) => counted(n, ago(n), { gates: ["two-approvals"] }));
    const all = readingsOf(samplePolicy, [...more, counted(4, ago(1))], { "two-approvals": ago(0) }, NOW);
    expect(all.map(({ gate, temperature, count }) => [gate, temperature, count])).toEqual([
      ["two-approvals", "healthy", 3],
      ["e2e-suite", "healthy", 1],
    ]);
  });

  test("starts over once the gate was fixed, but still reports the whole window", () => {
    const all = [counted(1, ago(9)), counted(2, ago(8)), counted(3, ago(7)), counted(4, ago(1))];
    expect(read(all, ago(5))).toMatchObject({ temperature: "healthy", count: 4, counting: 1, bypasses: [4] });
  });

  test("reports how long the gate was open: to the end or to now, never beyond", () => {
    const running = counted(1, ago(0, -600_000), { endedAt: null, endsAt: ago(0, 600_000) });
    const closed = counted(2, ago(1), { endedAt: ago(1, 60_000) });
    expect(read([running, closed]).openSeconds).toBe(600 + 60);
  });

  test("counts calendar months, the current one last", () => {
    const months = historyOf(
      "e2e-suite",
      [counted(1, "2027-03-01T00:00:00.000Z"), counted(2, "2026-04-30T23:59:59.000Z")],
      NOW,
    );
    expect(months).toHaveLength(12);
    expect(months[0]).toEqual({ month: "2026-04", count: 1 });
    expect(months.at(-1)).toEqual({ month: "2027-03", count: 1 });
  });
});

const item = (change: Partial<GateItem> = {}): GateItem => ({
  gate: "e2e-suite",
  item: 1,
  status: "open",
  owner: "on-call-lead",
  openedSeq: 7,
  openedAt: ago(1),
  dueAt: "2027-03-24T16:00:00.000Z",
  closedAt: null,
  fixedAt: null,
  progress: NOT_FOLLOWED_UP,
  ...change,
});
const sickReading = read([counted(1, ago(3)), counted(2, ago(2)), counted(3, ago(1))]);
const healthyReading = read([counted(1, ago(3))]);

describe("A gate item", () => {
  test("opens when the gate crosses the threshold, with its evidence, its owner and a due date", () => {
    expect(judgeGate(samplePolicy, sickReading, null, NOW)).toEqual({
      type: "gate.flagged",
      gate: "e2e-suite",
      item: 1,
      owner: "on-call-lead",
      dueAt: "2027-03-24T16:00:00.000Z",
      because: "count",
      count: 3,
      reviewed: 0,
      atFault: 0,
      windowSeconds: 2_592_000,
      bypasses: [1, 2, 3],
    });
    expect(judgeGate(samplePolicy, healthyReading, null, NOW)).toBeNull();
  });

  test("stays open while the gate is sick, and closes once the reading has fallen", () => {
    expect(judgeGate(samplePolicy, sickReading, item(), NOW)).toBeNull();
    expect(judgeGate(samplePolicy, healthyReading, item(), NOW)).toEqual({
      type: "gate.recovered",
      gate: "e2e-suite",
      item: 1,
      count: 1,
    });
  });

  test("opens again at a relapse, with the next number", () => {
    for (const status of ["fixed", "recovered"] as const)
      expect(judgeGate(samplePolicy, sickReading, item({ status }), NOW)).toMatchObject({
        type: "gate.flagged",
        item: 2,
      });
  });

  test("is answered by its owner, with a reason, while it is open", () => {
    const changed = { type: "fix_gate", how: "changed", reason: "The test is gone." } as const;
    expect(answerGate(samplePolicy, item(), 1, LEO, changed, NOW)).toMatchObject({
      ok: true,
      event: { type: "gate.fixed", how: "changed" },
    });
    const refused = (...of: Parameters<typeof answerGate>) => {
      const decision = answerGate(...of);
      return decision.ok ? null : decision.code;
    };
    expect(refused(samplePolicy, item(), 1, TOM, changed, NOW)).toBe("not_gate_owner");
    expect(refused(samplePolicy, item(), 2, LEO, changed, NOW)).toBe("gate_item_closed");
    expect(refused(samplePolicy, item({ status: "fixed" }), 1, DANA, changed, NOW)).toBe("gate_item_closed");
    expect(refused(samplePolicy, null, 1, LEO, changed, NOW)).toBe("no_such_gate_item");
    expect(refused(samplePolicy, item(), 1, LEO, { ...changed, reason: " " }, NOW)).toBe("reason_missing");
    const putOff = { type: "put_off_gate", until: "2027-03-10", reason: "Next week." } as const;
    expect(refused(samplePolicy, item(), 1, LEO, putOff, NOW)).toBe("date_invalid");
    expect(answerGate(samplePolicy, item(), 1, LEO, { ...putOff, until: "2027-03-15" }, NOW)).toMatchObject({
      event: { until: "2027-03-15T08:00:00.000Z" },
    });
  });

  test("is followed up: its owner is reminded at the planned times, and the channel once it is overdue", () => {
    expect(followUpGate(samplePolicy, item(), "2027-03-22T10:00:00.000Z")).toEqual([]);
    expect(followUpGate(samplePolicy, item(), "2027-03-23T08:00:00.000Z")).toMatchObject([
      { type: "gate.reminded", stage: "before" },
    ]);
    const due = item({ progress: { ...NOT_FOLLOWED_UP, remindedTo: "2027-03-24T16:00:00.000Z" } });
    expect(followUpGate(samplePolicy, due, "2027-03-25T08:00:00.000Z").map(({ type }) => type)).toEqual([
      "gate.reminded",
      "gate.overdue",
    ]);
    expect(followUpGate(samplePolicy, item({ status: "recovered" }), "2027-03-25T08:00:00.000Z")).toEqual([]);
  });
});
