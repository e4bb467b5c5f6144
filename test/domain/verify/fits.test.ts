import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { OfficeHours } from "../../../src/domain/calendar/office-hours.js";
import type { OpenedBody } from "../../../src/domain/events/body.js";
import { definitionOf, type TrailEvent } from "../../../src/domain/events/catalogue/catalogue.js";
import type { Act, Asked, AskedAbout } from "../../../src/domain/verify/origins/asked.js";
import { contentDifferences } from "../../../src/domain/verify/origins/content.js";
import { differences } from "../../../src/domain/verify/origins/fits.js";
import type { RecordSoFar } from "../../../src/domain/verify/origins/record-so-far.js";
import type { StoredText } from "../../../src/domain/verify/stored.js";
import { anyOf } from "../../support/domain/event-samples.js";
import { declared } from "../../support/domain/lines.js";
import { samplePolicy } from "../../support/domain/policies.js";

const AT = "2026-11-30T12:00:00.000Z";
const NOOR = { kind: "person", user: "U0NOOR", person: "noor" } as const;

/** BG-7 was declared by the entry `aa`; its alert is `C1 1.1`; action 2 was opened by version 9; gate item 1 by `cc`. */
const BEFORE: RecordSoFar = {
  identity: (n) => (n === 7 ? "aa" : null),
  hasAlert: (n, channel, ts) => n === 7 && channel === "C1" && ts === "1.1",
  action: (n, version) => (n === 7 && version === 9 ? { action: 2, identity: "bb" } : null),
  gateItem: (gate, item) => (gate === "e2e-suite" && item === 1 ? "cc" : null),
  officeHours: () => [],
};

const BG7: AskedAbout = { kind: "bypass", n: 7, identity: "aa" };
const revoked: TrailEvent = { type: "bypass.revoked", why: "person", roleAsOf: null };
const rejectedLate = (answer: "deny" | "revoke"): TrailEvent => ({
  type: "bypass.rejected_late",
  answer,
  roleAsOf: null,
});
const refused: TrailEvent = { type: "attempt.refused", action: "revoke", code: "not_entitled" };

const asked = (change: Partial<Asked> = {}): Asked => ({
  act: "revoke",
  about: BG7,
  texts: {},
  fields: {},
  user: "U0NOOR",
  workspace: "T1",
  command: "view:1",
  ...change,
});
const recorded = (event: TrailEvent, change: Partial<OpenedBody> = {}): OpenedBody => ({
  ...{ event, actor: NOOR, at: AT, command: "view:1", version: 5, n: 7, textHashes: {} },
  ...change,
});
const found = (request: Asked, opened: OpenedBody, texts: readonly StoredText[] = []) =>
  differences(request, { opened, texts, before: BEFORE });

describe("a request and the entry that it led to", () => {
  test("fit", () => {
    expect(found(asked(), recorded(revoked))).toEqual([]);
    expect(found(asked({ about: { ...BG7, identity: null } }), recorded(revoked))).toEqual([]);
    expect(found(asked(), recorded(refused))).toEqual([]);
    expect(found(asked(), recorded(rejectedLate("revoke")))).toEqual([]);
  });

  test.each<[string, Partial<Asked>, OpenedBody, readonly string[]]>([
    ["another account", { user: "U0LEO" }, recorded(revoked), ["is by another account"]],
    ["another command", { command: "view:2" }, recorded(revoked), ["is that of another command"]],
    ["a longer command", {}, recorded(revoked, { command: "view:12" }), ["is that of another command"]],
    ["another act", { act: "close" }, recorded(revoked), ["asks for something else"]],
    ["another refused act", { act: "close" }, recorded(refused), ["asks for something else"]],
    ["another answer", {}, recorded(rejectedLate("deny")), ["asks for something else"]],
    ["another bypass", { about: { ...BG7, n: 8 } }, recorded(revoked), ["is about something else"]],
    [
      "a bypass of that number in another trail",
      { about: { ...BG7, identity: "zz" } },
      recorded(revoked),
      ["is about something else"],
    ],
    [
      "a thread elsewhere",
      { about: { kind: "thread", channel: "C1", ts: "1.2" } },
      recorded(revoked),
      ["is about something else"],
    ],
    [
      "a thread, for what is no bypass's",
      { about: { kind: "thread", channel: "C1", ts: "1.1" } },
      recorded(refused, { n: null }),
      ["is about something else"],
    ],
    [
      "two faults",
      { user: "U0LEO", about: { ...BG7, n: 8 } },
      recorded(revoked),
      ["is by another account", "is about something else"],
    ],
  ])("differ with %s", (_, change, opened, what) => {
    expect(found(asked(change), opened)).toEqual(what);
  });

  test.each(["view:1!", "view:1:reason", `view:1~${"0".repeat(24)}`, `view:1:target_key~${"f".repeat(24)}!`])(
    "fit when the command is %s",
    (command) => {
      expect(found(asked(), recorded(revoked, { command }))).toEqual([]);
    },
  );

  test.each(["view:1!!", "view:1:Reason", "view:1~00", `view:1~${"g".repeat(24)}`, "view:1:", "xview:1"])(
    "differ when the command is %s",
    (command) => {
      expect(found(asked(), recorded(revoked, { command }))).toEqual(["is that of another command"]);
    },
  );

  test("are not compared by account when the system acted", () => {
    const opened = recorded(revoked, { actor: { kind: "system", part: "clock" } });
    expect(found(asked({ user: "U0LEO" }), opened)).toEqual([]);
  });

  test("are compared in their content, unless the act was refused", () => {
    const wrong = asked({ fields: { why: ["requester_deactivated"] }, texts: { reason: "x" } });
    expect(found(wrong, recorded(revoked))).toEqual(["asks for another why", "holds a reason, which was not recorded"]);
    expect(found(wrong, recorded(refused))).toEqual([]);
  });
});

const OPENING: readonly (readonly [Act, TrailEvent["type"]])[] = [
  ["declare", "bypass.declared"],
  ["approve", "ack.given"],
  ["deny", "bypass.denied"],
  ["withdraw", "bypass.withdrawn"],
  ["proceed_alone", "bypass.proceeded_alone"],
  ["close", "bypass.closed"],
  ["revoke", "bypass.revoked"],
  ["log", "bypass.logged"],
  ["redact", "text.redacted"],
  ["submit_review", "review.submitted"],
  ["submit_review", "review.amended"],
  ["add_view", "review.view_added"],
  ["put_off_review", "review.put_off"],
  ["put_off_action", "action.put_off"],
  ["end_action", "action.ended"],
  ["fix_gate", "gate.fixed"],
  ["put_off_gate", "gate.put_off"],
];

function anEvent(type: TrailEvent["type"]): TrailEvent {
  const definition = definitionOf(type);
  const [event] = definition === undefined ? [] : fc.sample(anyOf(definition), { numRuns: 1, seed: 1 });
  if (event === undefined) throw new Error(`There is no sample of ${type}.`);
  return event;
}

test.each(OPENING)("the act %s is recorded as %s, and as nothing else", (act, type) => {
  const others = OPENING.filter(([other]) => other !== act).map(([, one]) => one);
  const says = (one: TrailEvent["type"]) =>
    found(asked({ act, about: { kind: "other" } }), recorded(anEvent(one))).includes("asks for something else");
  expect(says(type)).toBe(false);
  expect(others.filter((one) => !says(one))).toEqual([]);
});

describe("what a request is about", () => {
  const about = (kind: AskedAbout, event: TrailEvent, act: Act, n: number | null = 7) =>
    found(asked({ act, about: kind }), recorded(event, { n })).length === 0;

  test("can be the thread of an alert", () => {
    const line: TrailEvent = { type: "bypass.logged", via: "thread" };
    expect(about({ kind: "thread", channel: "C1", ts: "1.1" }, line, "log")).toBe(true);
    expect(about({ kind: "thread", channel: "C2", ts: "1.1" }, line, "log")).toBe(false);
    expect(about({ kind: "thread", channel: "C1", ts: "1.1" }, line, "log", 8)).toBe(false);
  });

  test("can be an action, by the entry that opened it", () => {
    const ended = (action: number): TrailEvent => ({ type: "action.ended", action, outcome: "done", roleAsOf: null });
    const it: AskedAbout = { kind: "action", n: 7, version: 9, identity: "bb" };
    expect(about(it, ended(2), "end_action")).toBe(true);
    expect(about(it, ended(1), "end_action")).toBe(false);
    expect(about({ ...it, version: 8 }, ended(2), "end_action")).toBe(false);
    expect(about({ ...it, identity: "zz" }, ended(2), "end_action")).toBe(false);
    expect(about(it, ended(2), "end_action", 8)).toBe(false);
    expect(about(it, { type: "attempt.refused", action: "end_action", code: "x" }, "end_action")).toBe(true);
  });

  test("can be an item of a gate, by the entry that opened it", () => {
    const fixed = (gate: string, item: number): TrailEvent => ({
      type: "gate.fixed",
      gate,
      item,
      how: "changed",
      roleAsOf: null,
    });
    const it: AskedAbout = { kind: "gate", gate: "e2e-suite", item: 1, identity: "cc" };
    expect(about(it, fixed("e2e-suite", 1), "fix_gate", null)).toBe(true);
    expect(about(it, fixed("e2e-suite", 2), "fix_gate", null)).toBe(false);
    expect(about(it, fixed("lint", 1), "fix_gate", null)).toBe(false);
    expect(about({ ...it, identity: "zz" }, fixed("e2e-suite", 1), "fix_gate", null)).toBe(false);
    expect(about({ ...it, item: 2 }, fixed("e2e-suite", 2), "fix_gate", null)).toBe(false);
    expect(
      about({ ...it, item: 9 }, { type: "attempt.refused", action: "fix_gate", code: "x" }, "fix_gate", null),
    ).toBe(true);
  });

  test("can be a new bypass, which may follow an earlier one", () => {
    const event: TrailEvent = { type: "attempt.refused", action: "declare", code: "x" };
    const follows = (n: number, identity: string): AskedAbout => ({ kind: "new", again: { n, identity } });
    expect(about({ kind: "new", again: null }, event, "declare", null)).toBe(true);
    expect(about(follows(7, "aa"), event, "declare", null)).toBe(true);
    expect(about(follows(7, "zz"), event, "declare", null)).toBe(false);
    expect(about(follows(8, "aa"), event, "declare", null)).toBe(false);
  });
});

describe("what an entry has to hold by its request", () => {
  const text = (field: string, typed: string | null): StoredText => ({ field, nonce: null, text: typed });
  const HOURS: OfficeHours = samplePolicy.officeHours;
  const of = (
    request: Partial<Asked>,
    event: TrailEvent,
    texts: readonly StoredText[] = [],
    hours: readonly OfficeHours[] = [HOURS],
  ) => contentDifferences({ texts: {}, fields: {}, ...request }, { event, texts }, hours);
  const submitted: TrailEvent = {
    ...{ type: "review.submitted", edition: 1, verdict: "gate-at-fault", gatesAtFault: ["b", "a"], forcedBy: "slow" },
    ...{ aftermath: "unknown", asApprover: false, roleAsOf: null },
  } as const;

  test("are its fields, lists in any order, each with the values that the request may mean", () => {
    const fields = { verdict: ["justified", "gate-at-fault"], gatesAtFault: [["a", "b"]], roleAsOf: [null] };
    expect(of({ fields }, submitted)).toEqual([]);
    expect(of({ fields: { ...fields, gatesAtFault: [["a"]] } }, submitted)).toEqual(["asks for another gatesAtFault"]);
    expect(of({ fields: { edition: [2], forcedBy: [] } }, submitted)).toEqual([
      "asks for another edition",
      "asks for another forcedBy",
    ]);
    // A number is no text, and a list no single value.
    expect(of({ fields: { edition: ["1"], verdict: [["gate-at-fault"]] } }, submitted)).toHaveLength(2);
  });

  test("are its texts as typed, cleaned as they were then", () => {
    const texts = { lesson: "Split\u200b it.\r\n" };
    expect(
      of({ texts }, submitted, [text("lesson", "Split it."), text("origin", "{}"), text("target_key", "x")]),
    ).toEqual([]);
    expect(of({ texts }, submitted, [text("lesson", "Drop it.")])).toEqual(["holds another lesson"]);
    expect(of({ texts }, submitted, [])).toEqual(["holds a lesson, which was not recorded"]);
    expect(of({}, submitted, [text("lesson", "Split it.")])).toEqual(["holds another lesson"]);
    expect(of({ texts: { lesson: "" } }, submitted, [text("lesson", "x")])).toEqual(["holds another lesson"]);
    expect(of({ texts }, submitted, [text("lesson", null)])).toEqual([]);
  });

  test("are times that were chosen as days, by the office hours on record", () => {
    const putOff = (until: string): TrailEvent => ({
      type: "review.put_off",
      until,
      roleAsOf: null,
    });
    const at = (day: string | null, end: "opening" | "closing") => ({ days: { until: { day, at: end } } });
    const wrong = ["asks for another until"];
    // Berlin, 9 to 17; the 24th is a Thursday, the 26th a Saturday.
    expect(of(at("2026-12-24", "opening"), putOff("2026-12-24T08:00:00.000Z"))).toEqual([]);
    expect(of(at("2026-12-24", "opening"), putOff("2026-12-24T16:00:00.000Z"))).toEqual(wrong);
    expect(of(at("2026-12-24", "closing"), putOff("2026-12-24T16:00:00.000Z"))).toEqual([]);
    expect(of(at("2026-12-24", "closing"), putOff("2026-12-24T08:00:00.000Z"))).toEqual(wrong);
    expect(of(at("2026-12-23", "opening"), putOff("2026-12-24T08:00:00.000Z"))).toEqual(wrong);
    expect(of(at("2026-12-26", "opening"), putOff("2026-12-28T08:00:00.000Z"))).toEqual([]);
    expect(of(at(null, "opening"), putOff("2026-12-24T08:00:00.000Z"))).toEqual(wrong);
    expect(of(at("no day", "opening"), putOff("2026-12-24T08:00:00.000Z"))).toEqual(wrong);
    expect(of(at("2026-12-23", "opening"), putOff("2026-12-24T08:00:00.000Z"), [], [])).toEqual([]);
    const utc = { ...HOURS, timezone: "UTC" };
    expect(of(at("2026-12-24", "opening"), putOff("2026-12-24T08:00:00.000Z"), [], [utc, HOURS])).toEqual([]);
    expect(of(at("2026-12-24", "opening"), putOff("2026-12-24T08:00:00.000Z"), [], [utc])).toEqual(wrong);
  });

  test("are kind and normalised form of a target, read again from what was typed", () => {
    const event = declared()[0].event;
    const of1 = (typed: string, key: string | null) =>
      of({ texts: { target_typed: typed } }, event, [text("target_typed", typed), text("target_key", key)]);
    expect(of1("acme/api#77", "github:acme/api#77")).toEqual([]);
    expect(of1("acme/api#77", "github:acme/api#78")).toEqual(["names another target"]);
    expect(of1("acme/api#77", null)).toEqual([]);
    expect(of1("service:checkout", "service:checkout")).toEqual(["names another kind of target"]);
    // One in an older spelling still fits.
    expect(of1("acme/api#77", "https://github.com/acme/api/pull/77")).toEqual([]);
    // What would be refused today says nothing.
    expect(of1("", "github:acme/api#78")).toEqual([]);
    expect(of({ texts: { target_typed: "acme/api#77" } }, event, [text("target_typed", "acme/api#77")])).toEqual([
      "names another target",
    ]);
    expect(of({ texts: { target_typed: "acme/api#77" } }, submitted, [text("target_typed", "acme/api#77")])).toEqual(
      [],
    );
  });
});
