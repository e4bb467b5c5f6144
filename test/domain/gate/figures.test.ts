import { describe, expect, test } from "vitest";
import { type Counted, historyOf, readingOf, readingsOf, trendOf } from "../../../src/domain/gate/readings.js";
import { samplePolicy, withGate } from "../../support/domain/policies.js";

const NOW = "2027-03-10T12:00:00.000Z";
const DAY_MS = 86_400_000;
const ago = (days: number, more = 0): string => new Date(Date.parse(NOW) - days * DAY_MS + more).toISOString();

const counted = (n: number, activatedAt: string, change: Partial<Counted> = {}): Counted => ({
  n,
  gates: ["e2e-suite"],
  activatedAt,
  endsAt: new Date(Date.parse(activatedAt) + 3_600_000).toISOString(),
  endedAt: new Date(Date.parse(activatedAt) + 3_600_000).toISOString(),
  verdict: null,
  gatesAtFault: [],
  forcedBy: null,
  ...change,
});
const read = (all: readonly Counted[], fixedAt: string | null = null, warmAt = 9, sickAt = 9) =>
  readingOf("e2e-suite", all, { ...samplePolicy.thermometer, warmAt, sickAt }, fixedAt, NOW);

describe("The figures of a reading", () => {
  test("of a gate that nobody bypassed are zero", () => {
    expect(read([])).toEqual({
      gate: "e2e-suite",
      temperature: "healthy",
      because: null,
      count: 0,
      before: 0,
      counting: 0,
      forcedBy: {
        "real-emergency": 0,
        flaky: 0,
        slow: 0,
        broken: 0,
        unavailable: 0,
        "rule-unclear": 0,
        other: 0,
      },
      verdicts: { justified: 0, avoidable: 0, "gate-at-fault": 0 },
      reviewed: 0,
      atFault: 0,
      unreviewed: 0,
      openSeconds: 0,
      bypasses: [],
      fixedAt: null,
    });
  });

  test("count what forced the bypasses, their verdicts, and those without one", () => {
    const all = [
      counted(1, ago(9), { verdict: "justified", forcedBy: "flaky" }),
      counted(2, ago(8), { verdict: "avoidable", forcedBy: "flaky" }),
      counted(3, ago(7), { verdict: "gate-at-fault", gatesAtFault: ["e2e-suite"], forcedBy: "slow" }),
      counted(4, ago(6)),
      counted(5, ago(5)),
      counted(6, ago(4), { gates: ["two-approvals"], verdict: "justified", forcedBy: "other" }),
      counted(7, ago(40), { verdict: "justified", forcedBy: "other" }),
    ];
    const reading = read(all);
    expect(reading).toMatchObject({ count: 5, before: 1, reviewed: 3, atFault: 1, unreviewed: 2 });
    expect(reading.forcedBy).toMatchObject({ flaky: 2, slow: 1, other: 0 });
    expect(reading.verdicts).toEqual({ justified: 1, avoidable: 1, "gate-at-fault": 1 });
  });

  test("leave verdicts from before the fix out of the temperature, but still report them", () => {
    const fault = { verdict: "gate-at-fault", gatesAtFault: ["e2e-suite"] } as const;
    const all = [counted(1, ago(9), fault), counted(2, ago(8), fault), counted(3, ago(1))];
    expect(read(all)).toMatchObject({ temperature: "sick", because: "verdicts", atFault: 2, fixedAt: null });
    expect(read(all, ago(8))).toMatchObject({
      temperature: "healthy",
      because: null,
      counting: 1,
      reviewed: 0,
      atFault: 0,
      verdicts: { "gate-at-fault": 2 },
      fixedAt: ago(8),
    });
  });

  test("include the window before: from its start, excluded, to the start of this one", () => {
    const edges = [ago(60), ago(60, 1), ago(30), ago(30, 1)].map((at, index) => counted(index, at));
    expect(read(edges)).toMatchObject({ count: 1, before: 2 });
  });

  test("leave out bypasses that begin after now", () => {
    expect(read([counted(1, ago(0, 1)), counted(2, ago(0))])).toMatchObject({ count: 1, bypasses: [2] });
  });

  test("list the bypasses by number, oldest first", () => {
    expect(read([counted(3, ago(1)), counted(1, ago(3)), counted(2, ago(2))]).bypasses).toEqual([1, 2, 3]);
  });

  test("turn warm at one threshold and sick at the other, by count alone", () => {
    const all = [1, 2, 3].map((n) => counted(n, ago(n)));
    expect(read(all, null, 4, 9)).toMatchObject({ temperature: "healthy", because: null });
    expect(read(all, null, 3, 9)).toMatchObject({ temperature: "warm", because: null });
    expect(read(all, null, 1, 3)).toMatchObject({ temperature: "sick", because: "count" });
  });

  test("turn sick by verdicts from two on, if more than half name the gate", () => {
    const of = (...atFault: readonly boolean[]) =>
      read(
        atFault.map((is, index) =>
          counted(index + 1, ago(index + 1), {
            verdict: is ? "gate-at-fault" : "justified",
            gatesAtFault: is ? ["e2e-suite"] : [],
          }),
        ),
      ).because;
    expect(of(true)).toBeNull();
    expect(of(true, true)).toBe("verdicts");
    expect(of(true, false)).toBeNull();
    expect(of(true, true, false)).toBe("verdicts");
    expect(of(true, true, false, false)).toBeNull();
    expect(of(false, false)).toBeNull();
  });

  test("report how long the gate was open: to the planned end unless it ended earlier, and never below zero", () => {
    const open = (change: Partial<Counted>) => read([counted(1, ago(1), change)]).openSeconds;
    expect(open({ endedAt: ago(1, 90_000) })).toBe(90);
    expect(open({ endedAt: ago(1, 90_600) })).toBe(91);
    expect(open({ endedAt: null, endsAt: ago(1, 120_000) })).toBe(120);
    expect(open({ endedAt: null, endsAt: ago(-1) })).toBe(86_400);
    expect(open({ endedAt: ago(1, -60_000) })).toBe(0);
    expect(read([counted(1, ago(1)), counted(2, ago(2))]).openSeconds).toBe(7_200);
  });
});

describe("The readings of all gates", () => {
  const gates = ["e2e-suite", "two-approvals"];
  const order = (all: readonly Counted[], policy = samplePolicy) =>
    readingsOf(policy, all, {}, NOW).map(({ gate, temperature }) => `${gate} ${temperature}`);
  const some = (count: number, gate: string) =>
    Array.from({ length: count }, (_, index) => counted(index + 1, ago(index + 1), { gates: [gate] }));

  test("are ordered by temperature, then by number of bypasses, then by name", () => {
    expect(order([])).toEqual(gates.map((gate) => `${gate} healthy`));
    expect(order(some(3, "two-approvals"))).toEqual(["two-approvals sick", "e2e-suite healthy"]);
    expect(order([...some(2, "two-approvals"), ...some(1, "e2e-suite")])).toEqual([
      "two-approvals warm",
      "e2e-suite healthy",
    ]);
    expect(order([...some(3, "two-approvals"), ...some(4, "e2e-suite")])).toEqual(gates.map((gate) => `${gate} sick`));
    expect(order([...some(4, "two-approvals"), ...some(3, "e2e-suite")])).toEqual([
      "two-approvals sick",
      "e2e-suite sick",
    ]);
    expect(order([...some(3, "two-approvals"), ...some(3, "e2e-suite")])).toEqual(gates.map((gate) => `${gate} sick`));
  });

  test("are ordered independently of the policy, a sick gate before a warm one", () => {
    const reversed = { ...samplePolicy, gates: Object.fromEntries(Object.entries(samplePolicy.gates).reverse()) };
    expect(order([], reversed)).toEqual(gates.map((gate) => `${gate} healthy`));
    expect(order([...some(3, "two-approvals"), ...some(2, "e2e-suite")])).toEqual([
      "two-approvals sick",
      "e2e-suite warm",
    ]);
  });

  test("leave out a gate that may never be bypassed", () => {
    const policy = withGate("e2e-suite", { neverBypass: "It guards the money." });
    expect(order(some(3, "e2e-suite"), policy)).toEqual(["two-approvals healthy"]);
  });

  test("start over for a gate that was fixed, and for that gate only", () => {
    const all = [...some(3, "e2e-suite"), ...some(3, "two-approvals")];
    const readings = readingsOf(samplePolicy, all, { "e2e-suite": ago(2), "two-approvals": null }, NOW);
    expect(readings.map(({ gate, counting }) => [gate, counting])).toEqual([
      ["two-approvals", 3],
      ["e2e-suite", 1],
    ]);
  });
});

describe("The trend", () => {
  test.each([
    [3, 1, "rising"],
    [2, 1, "steady"],
    [1, 1, "steady"],
    [1, 2, "steady"],
    [1, 3, "falling"],
    [0, 9, "falling"],
  ] as const)("of %d bypasses after %d is %s", (count, before, trend) => {
    expect(trendOf({ count, before })).toBe(trend);
  });
});

describe("The history of a gate", () => {
  test("counts the gate's own bypasses in each requested month", () => {
    const all = [
      counted(1, "2027-03-01T00:00:00.000Z"),
      counted(2, "2027-02-28T23:59:59.999Z"),
      counted(3, "2027-02-01T00:00:00.000Z"),
      counted(4, "2027-02-02T00:00:00.000Z", { gates: ["two-approvals"] }),
      counted(5, "2026-03-05T00:00:00.000Z"),
      counted(6, "2026-12-31T00:00:00.000Z"),
    ];
    expect(historyOf("e2e-suite", all, NOW, 4)).toEqual([
      { month: "2026-12", count: 1 },
      { month: "2027-01", count: 0 },
      { month: "2027-02", count: 2 },
      { month: "2027-03", count: 1 },
    ]);
  });
});
