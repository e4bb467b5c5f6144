import { describe, expect, test } from "vitest";
import { isGateEvent } from "../../../src/domain/events/catalogue/gate.js";
import { answerGate, type GateAnswer } from "../../../src/domain/gate/answer.js";
import { evolveGate } from "../../../src/domain/gate/evolve.js";
import { judgeGate } from "../../../src/domain/gate/flag.js";
import { followUpGate, type GateItem, ownerOf } from "../../../src/domain/gate/gate-item.js";
import type { Reading } from "../../../src/domain/gate/readings.js";
import { NOT_FOLLOWED_UP } from "../../../src/domain/reminders/due-now.js";
import { as, DANA, LEO, unverifiable } from "../../support/domain/people.js";
import { samplePolicy, withGate } from "../../support/domain/policies.js";
import { LIKENESS, TOKEN } from "../../support/secrets.js";

const NOW = "2027-03-10T12:00:00.000Z";

const item = (change: Partial<GateItem> = {}): GateItem => ({
  gate: "e2e-suite",
  item: 3,
  status: "open",
  owner: "on-call-lead",
  openedSeq: 7,
  openedAt: "2027-03-09T12:00:00.000Z",
  dueAt: "2027-03-24T16:00:00.000Z",
  closedAt: null,
  fixedAt: null,
  progress: NOT_FOLLOWED_UP,
  ...change,
});

const sick = (change: Partial<Reading> = {}): Reading => ({
  gate: "e2e-suite",
  temperature: "sick",
  because: "verdicts",
  count: 9,
  before: 1,
  counting: 4,
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
  reviewed: 3,
  atFault: 2,
  unreviewed: 0,
  openSeconds: 0,
  bypasses: [1, 2, 3, 4],
  fixedAt: null,
  ...change,
});

/** The sample policy without the gate. */
function withoutGate() {
  const { "e2e-suite": _, ...gates } = samplePolicy.gates;
  return { ...samplePolicy, gates };
}

describe("A sick gate", () => {
  test("opens an item for the role that owns it by the policy in force, whoever owned it before", () => {
    const policy = withGate("e2e-suite", { owner: "release-managers" });
    expect(judgeGate(policy, sick(), item({ status: "fixed" }), NOW)).toMatchObject({
      item: 4,
      owner: "release-managers",
      because: "verdicts",
      count: 4,
      reviewed: 3,
      atFault: 2,
      bypasses: [1, 2, 3, 4],
    });
  });

  test("that the policy no longer has goes to its previous owner, or to nobody", () => {
    expect(judgeGate(withoutGate(), sick(), item({ status: "recovered", owner: "qa" }), NOW)).toMatchObject({
      item: 4,
      owner: "qa",
    });
    expect(judgeGate(withoutGate(), sick(), null, NOW)).toBeNull();
  });

  test("lists its newest 50 bypasses", () => {
    const bypasses = Array.from({ length: 60 }, (_, index) => index + 1);
    const event = judgeGate(samplePolicy, sick({ bypasses }), null, NOW);
    expect(event).toMatchObject({ item: 1, bypasses: bypasses.slice(10) });
  });

  test("opens no item if its reading is not sick", () => {
    expect(judgeGate(samplePolicy, sick({ because: null }), item({ status: "fixed" }), NOW)).toBeNull();
  });
});

describe("A gate item", () => {
  test("is followed up under its own number and slot, for the role that owns the gate now", () => {
    const policy = withGate("e2e-suite", { owner: "release-managers" });
    expect(followUpGate(policy, item(), "2027-03-23T08:00:00.000Z")).toEqual([
      {
        type: "gate.reminded",
        gate: "e2e-suite",
        item: 3,
        slot: "2027-03-23T08:00:00.000Z",
        stage: "before",
        role: "release-managers",
      },
    ]);
    const reminded = item({ progress: { ...NOT_FOLLOWED_UP, remindedTo: "2027-03-25T08:00:00.000Z" } });
    expect(followUpGate(samplePolicy, reminded, "2027-03-25T09:00:00.000Z")).toEqual([
      { type: "gate.overdue", gate: "e2e-suite", item: 3, slot: "2027-03-25T08:00:00.000Z" },
    ]);
  });

  test("is never escalated beyond its owner", () => {
    const done = item({ progress: { ...NOT_FOLLOWED_UP, remindedTo: "2027-06-01T08:00:00.000Z", announced: true } });
    expect(followUpGate(samplePolicy, done, "2027-06-01T08:00:00.000Z")).toEqual([]);
  });

  test("is not followed up once it is fixed, however late it is", () => {
    expect(followUpGate(samplePolicy, item({ status: "fixed" }), "2027-05-03T08:00:00.000Z")).toEqual([]);
  });

  test("keeps its owner if the policy no longer has the gate", () => {
    expect(ownerOf(withoutGate(), item({ owner: "qa" }))).toBe("qa");
    expect(ownerOf(samplePolicy, item({ owner: "qa" }))).toBe("on-call-lead");
  });
});

describe("The owner's answer", () => {
  const retired: GateAnswer = { type: "fix_gate", how: "retired", reason: " Nobody needs it. " };
  const putOff: GateAnswer = { type: "put_off_gate", until: "2027-03-15", reason: "Next week." };
  const answer = (...[by, what, of]: [Parameters<typeof answerGate>[3], GateAnswer, GateItem?]) =>
    answerGate(samplePolicy, of ?? item(), 3, by, what, NOW);

  test("is recorded with its cleaned reason, and with the time of a stale reading", () => {
    expect(answer(LEO, retired)).toEqual({
      ok: true,
      event: { type: "gate.fixed", how: "retired", gate: "e2e-suite", item: 3, roleAsOf: null },
      reason: "Nobody needs it.",
    });
    const roleAsOf = "2027-03-10T11:58:00.000Z";
    expect(answer({ ...LEO, roleAsOf }, putOff)).toEqual({
      ok: true,
      event: {
        type: "gate.put_off",
        until: "2027-03-15T08:00:00.000Z",
        count: 1,
        gate: "e2e-suite",
        item: 3,
        roleAsOf,
      },
      reason: "Next week.",
    });
  });

  test("is refused from anyone but a member whose roles could be read", () => {
    expect(answer(as(LEO, "guest"), retired)).toEqual({ ok: false, code: "guest" });
    expect(answer(as(LEO, "deactivated"), putOff)).toEqual({ ok: false, code: "deactivated" });
    expect(answer(unverifiable(LEO), retired)).toEqual({ ok: false, code: "unverifiable" });
  });

  test("is refused if the item is closed, or if another one is open by now", () => {
    for (const status of ["fixed", "recovered"] as const)
      expect(answer(LEO, putOff, item({ status }))).toEqual({ ok: false, code: "gate_item_closed" });
    expect(answer(DANA, retired, item({ item: 4 }))).toEqual({ ok: false, code: "gate_item_closed" });
  });

  test("puts the item off twice at most, until a day that it can choose", () => {
    const progress = (putOffs: number) => item({ progress: { ...NOT_FOLLOWED_UP, putOffs } });
    expect(answer(LEO, putOff, progress(1))).toMatchObject({ ok: true, event: { count: 2 } });
    expect(answer(LEO, putOff, progress(2))).toEqual({ ok: false, code: "put_off_used_up" });
    const refused = answer(LEO, { ...putOff, until: "" });
    expect(refused).toMatchObject({ ok: false, code: "date_invalid" });
    expect(refused).toHaveProperty("days", expect.arrayContaining(["2027-03-15"]));
  });

  test("is refused if its reason is missing or holds a secret, also when it puts the item off", () => {
    expect(answer(LEO, { ...retired, reason: TOKEN })).toMatchObject({ ok: false, code: "text_secret" });
    expect(answer(LEO, { ...retired, reason: LIKENESS })).toMatchObject({ ok: false, code: "text_likely" });
    expect(answer(LEO, { ...retired, reason: LIKENESS, confirmed: [LIKENESS] })).toMatchObject({ ok: true });
    expect(answer(LEO, { ...putOff, reason: "" })).toEqual({ ok: false, code: "reason_missing" });
  });
});

describe("The history of a gate", () => {
  test("has to begin with a flagged gate, and an error names the entry", () => {
    const entry = { seq: 12, at: NOW };
    const overdue = { type: "gate.overdue", gate: "e2e-suite", item: 1, slot: NOW } as const;
    expect(() => evolveGate(null, overdue, entry)).toThrow(Error);
    expect(() => evolveGate(null, overdue, entry)).toThrow("entry 12: an item of a gate is not open.");
    expect(() => evolveGate(item({ status: "recovered" }), { ...overdue, item: 3 }, entry)).toThrow("is not open.");
    const flagged = judgeGate(samplePolicy, sick(), null, NOW);
    if (flagged === null) throw new Error("The gate is sick.");
    expect(() => evolveGate(item({ item: 0 }), flagged, entry)).toThrow("entry 12: an item of a gate is opened twice.");
  });

  test("consists of the six gate events and no others", () => {
    for (const type of ["flagged", "reminded", "overdue", "put_off", "fixed", "recovered"])
      expect(isGateEvent({ type: `gate.${type}` })).toBe(true);
    for (const type of ["bypass.declared", "gate.", "toString", ""]) expect(isGateEvent({ type })).toBe(false);
  });
});
