import { describe, expect, test } from "vitest";
import { evolve } from "../../../src/domain/bypass/evolve.js";
import { violationsOf } from "../../../src/domain/bypass/invariants/violations.js";
import type { Bypass } from "../../../src/domain/bypass/state.js";
import type { Actor } from "../../../src/domain/events/actor.js";
import type { BypassEvent } from "../../../src/domain/events/catalogue/catalogue.js";
import type { Entry } from "../../../src/domain/events/entries.js";
import {
  ack,
  activated,
  active,
  at,
  begun,
  byPerson,
  bySystem,
  CLOCK,
  closed,
  DANA,
  DANA2,
  denied,
  foundIn,
  foundInWhole,
  LEO,
  type Line,
  logged,
  MIA,
  waived,
  withdrawn,
} from "../../support/domain/histories.js";
import { approvedByLeo, closed as closedByDana } from "../../support/domain/lines.js";
import { numbered, stateOf } from "../../support/domain/scenario.js";

const expired: Line = bySystem({ type: "bypass.expired" });
const warned: Line = bySystem({ type: "grant.warned" });
const lapsed = (why: "no_ack" | "requester_deactivated" = "no_ack"): Line => bySystem({ type: "bypass.lapsed", why });
const revoked = (actor: Actor, why: "person" | "gate_never_bypass" = "person"): Line =>
  byPerson(actor, { type: "bypass.revoked", why, roleAsOf: null });
const proceedsAlone = (actor: Actor): Line => byPerson(actor, { type: "bypass.proceeded_alone" });
const PLANNED = {
  remindEverySeconds: 180,
  escalation: [
    { role: "on-call-lead", afterSeconds: 0 },
    { role: "incident-commander", afterSeconds: 300 },
  ],
};
const reminded = (count: number): Line => bySystem({ type: "ack.reminded", count });
const escalated = (step: number, role = "incident-commander"): Line => bySystem({ type: "ack.escalated", step, role });
const posted: Line = bySystem({ type: "alert.posted", channel: "C0INC", ts: "1.2" });
const failed: Line = bySystem({ type: "alert.failed", code: "is_archived" });
const lost = bySystem({ type: "alert.lost", channel: "C0INC", ts: "9.9" });
const blocked = bySystem({ type: "ack.blocked", policyHash: "h2", roles: ["on-call-lead"] });
const unblocked = bySystem({ type: "ack.unblocked", policyHash: "h1" });
const refused: Line = byPerson(LEO, { type: "attempt.refused", action: "deny", code: "not_entitled" });
const of = (n: number, lines: readonly Line[]): readonly Line[] => lines.map((line) => ({ ...line, n }));

describe("no violation is found in a history that the domain accepts", () => {
  test.each<readonly [string, readonly Line[]]>([
    ["approved and closed", [...active, at(5, closed(DANA2))]],
    ["approved and expired", [...active, at(55, warned), at(60, expired)]],
    ["approved and revoked", [...active, revoked(LEO)]],
    ["revoked by the system", [...active, revoked(CLOCK, "gate_never_bypass")]],
    ["approved by two", [...begun({ needed: 2 }), ack(LEO, 1, 2), ack(MIA, 2, 2), activated(MIA)]],
    ["one of two approvals", [...begun({ needed: 2 }), ack(LEO, 1, 2), logged]],
    ["denied and waived", [...begun(), denied(LEO), waived]],
    ["withdrawn", [...begun(), withdrawn(DANA2), waived]],
    ["lapsed", [...begun(), at(30, lapsed()), at(30, waived)]],
    ["lapsed before its time by the system", [...begun(), lapsed("requester_deactivated"), waived]],
    ["alone", [...begun({ aloneAfterSeconds: 600 }), at(10, proceedsAlone(DANA)), at(10, activated(DANA, false, 70))]],
    ["asking for nobody", [...begun({ needed: 0 }), activated(DANA, false)]],
    ["an alert that gets through at last", [...begun(), failed, posted]],
    [
      "reminded and escalated in time",
      [...begun(PLANNED), at(3, reminded(1)), at(5, escalated(1)), at(9, reminded(3)), at(9, logged)],
    ],
    ["two side by side", [...begun(), ...of(2, [...begun(), ack(LEO), activated(LEO)]), ack(LEO), activated(LEO)]],
  ])("%s", (_, lines) => {
    expect(foundInWhole(...lines)).toEqual([]);
  });
});

describe("each violation is found at its entry, and nothing else is", () => {
  test.each<readonly [string, readonly Line[]]>([
    ["Entry 1 of BG-1 comes before the declaration.", [ack(LEO)]],
    ["Entry 3 of BG-1 declares a bypass that was declared before.", [...begun(), ...begun().slice(0, 1)]],
    ["Entry 1 of BG-1 does not list the requester's own account.", [...begun({}, { accounts: ["U0ZOE"] })]],
    ["Entry 1 of BG-1 declares a bypass of no gate.", [...begun({}, { gates: [] })]],
    [
      "Entry 1 of BG-1 declares more gates or longer names than any policy has.",
      [...begun({}, { gates: Array.from({ length: 101 }, (_, at) => `g${at}`) })],
    ],
    [
      "Entry 1 of BG-1 declares more gates or longer names than any policy has.",
      [...begun({}, { incident: "I".repeat(101) })],
    ],
    ["Entry 1 of BG-1 declares a grant without a duration.", [...begun({}, { durationSeconds: 0 })]],
    ["Entry 1 of BG-1 declares approval rules that cannot be kept.", [...begun({ needed: -1 })]],
    ["Entry 1 of BG-1 declares approval rules that cannot be kept.", [...begun({ giveUpAfterSeconds: 0 })]],
    ["Entry 1 of BG-1 declares approval rules that cannot be kept.", [...begun({ remindEverySeconds: 0 })]],
    ["Entry 2 of BG-1 opens a review that is due at no moment.", [...begun({}, {}, "tomorrow")]],
    ["Entry 3 of BG-1 opens the review later than right after the declaration.", [...begun(), ...begun().slice(1)]],
    ["Entry 3 of BG-1 is older than the entry before it.", [...begun().map((line) => at(5, line)), ack(LEO)]],
    [
      "Entry 3 says that it is of 2026-03-02T09:00:00.000Z, long before entries that were recorded earlier.",
      [...begun().map((line) => at(11, line)), ...of(2, begun())],
    ],
    ["Entry 3 of BG-1 is an approval by the requester.", [...begun(), ack(DANA2)]],
    ["Entry 3 of BG-1 is an approval by the requester.", [...begun(), ack(MIA, 1, 1, ["U0MIA", "W0DANA2"])]],
    [
      "Entry 3 of BG-1 is an approval by the requester.",
      [...begun(), ack({ kind: "person", user: "U0NEW", person: "dana" })],
    ],
    [
      "Entry 4 of BG-1 is an approval by somebody who approved before.",
      [...begun({ needed: 2 }), ack(LEO, 1, 2, ["U0LEO", "U0SHARED"]), ack(MIA, 2, 2, ["U0MIA", "U0SHARED"])],
    ],
    [
      "Entry 4 of BG-1 is an approval by somebody who approved before.",
      [...begun({ needed: 2 }), ack(LEO, 1, 2), ack({ kind: "person", user: "U0NEW", person: "leo" }, 2, 2)],
    ],
    ["Entry 3 of BG-1 does not list the approver's own account.", [...begun(), ack(LEO, 1, 1, ["U0MIA"])]],
    ["Entry 3 of BG-1 counts the approvals wrong.", [...begun(), ack(LEO, 2)]],
    ["Entry 3 of BG-1 counts the approvals wrong.", [...begun(), ack(LEO, 1, 2)]],
    ["Entry 3 of BG-1 activates a grant that was not earned.", [...begun(), activated(LEO)]],
    ["Entry 3 of BG-1 activates a grant that was not earned.", [...begun(), activated(DANA, false)]],
    ["Entry 4 of BG-1 activates a grant that was not earned.", [...begun(), ack(LEO), activated(MIA)]],
    [
      "Entry 4 of BG-1 activates a grant that was not earned.",
      [...begun({ needed: 2 }), ack(LEO, 1, 2), activated(LEO)],
    ],
    ["Entry 3 of BG-1 activates a grant that was not earned.", [...begun({ needed: 0 }), activated(LEO, false)]],
    [
      "Entry 4 of BG-1 activates a grant that is not as long as was declared.",
      [...begun(), ack(LEO), activated(LEO, true, 61)],
    ],
    ["Entry 3 of BG-1 goes alone where that was not allowed, or not yet.", [...begun(), at(10, proceedsAlone(DANA))]],
    [
      "Entry 3 of BG-1 goes alone where that was not allowed, or not yet.",
      [...begun({ aloneAfterSeconds: 601 }), at(10, proceedsAlone(DANA))],
    ],
    [
      "Entry 3 of BG-1 goes alone with the request of somebody else.",
      [...begun({ aloneAfterSeconds: 600 }), at(10, proceedsAlone(LEO))],
    ],
    ["Entry 3 of BG-1 is a denial by the requester.", [...begun(), denied(DANA2)]],
    ["Entry 3 of BG-1 withdraws the request of somebody else.", [...begun(), withdrawn(LEO)]],
    ["Entry 3 of BG-1 gives up before the time to give up.", [...begun(), at(29, lapsed())]],
    ["Entry 5 of BG-1 records bypass.denied of a request that was settled before.", [...active, denied(MIA)]],
    [
      "Entry 5 of BG-1 records bypass.activated of a request that was settled before.",
      [...begun({ needed: 0 }), activated(DANA, false), logged, activated(DANA, false)],
    ],
    [
      "Entry 5 of BG-1 records ack.reminded of a request that was settled before.",
      [...active, bySystem({ type: "ack.reminded", count: 1 })],
    ],
    [
      "Entry 5 of BG-1 records ack.escalated of a request that was settled before.",
      [...active, bySystem({ type: "ack.escalated", step: 1, role: "r" })],
    ],
    ["Entry 3 of BG-1 escalates before the time of the step.", [...begun(PLANNED), at(4, escalated(1))]],
    [
      "Entry 4 of BG-1 escalates to the same step a second time.",
      [...begun(PLANNED), at(5, escalated(1)), at(6, escalated(1))],
    ],
    [
      "Entry 3 of BG-1 escalates to the same step a second time.",
      [...begun(PLANNED), at(5, escalated(0, "on-call-lead"))],
    ],
    [
      "Entry 3 of BG-1 escalates to a step or a role that was not declared.",
      [...begun(PLANNED), at(5, escalated(7, "nobody"))],
    ],
    [
      "Entry 3 of BG-1 escalates to a step or a role that was not declared.",
      [...begun(PLANNED), at(5, escalated(1, "on-call-lead"))],
    ],
    [
      "Entry 3 of BG-1 counts the reminders wrong, or reminds before the time.",
      [...begun(PLANNED), at(2, reminded(1))],
    ],
    [
      "Entry 3 of BG-1 counts the reminders wrong, or reminds before the time.",
      [...begun(PLANNED), at(3, reminded(-5))],
    ],
    [
      "Entry 4 of BG-1 counts the reminders wrong, or reminds before the time.",
      [...begun(PLANNED), at(3, reminded(1)), at(5, reminded(1))],
    ],
    ["Entry 5 of BG-1 warns of the end before it is near.", [...active, at(54, warned)]],
    ["Entry 6 of BG-1 warns of the end a second time.", [...active, at(55, warned), at(56, warned)]],
    ["Entry 3 of BG-1 records bypass.closed of a bypass that was never active.", [...begun(), closed(DANA)]],
    ["Entry 5 of BG-1 closes the bypass of somebody else.", [...active, closed(LEO)]],
    ["Entry 5 of BG-1 is a revocation by the requester.", [...active, revoked(DANA)]],
    [
      "Entry 5 of BG-1 is a revocation by a kind of actor that does not fit its reason.",
      [...active, revoked(LEO, "gate_never_bypass")],
    ],
    ["Entry 5 of BG-1 expires a grant that has time left.", [...active, at(59, expired)]],
    ["Entry 5 of BG-1 records bypass.closed after the end of the grant.", [...active, at(60, closed(DANA))]],
    ["Entry 5 of BG-1 records grant.warned after the end of the grant.", [...active, at(60, warned)]],
    ["Entry 6 of BG-1 records bypass.expired of a grant that had ended.", [...active, closed(DANA), at(60, expired)]],
    [
      "Entry 5 of BG-1 records bypass.expired by a person, but only a system may.",
      [...active, at(60, byPerson(LEO, expired.event))],
    ],
    [
      "Entry 3 of BG-1 waives a review other than right after the request was settled without a grant.",
      [...begun(), waived],
    ],
    [
      "Entry 5 of BG-1 waives a review other than right after the request was settled without a grant.",
      [...begun(), denied(LEO), waived, waived],
    ],
    ["Entry 4 of BG-1 posts the alert a second time.", [...begun(), posted, posted]],
    ["Entry 4 of BG-1 records a refused attempt that is on record already.", [...begun(), refused, refused]],
    ["Entry 3 of BG-1 loses an alert that was not posted there.", [...begun(), lost]],
    ["Entry 4 of BG-1 repeats ack.blocked.", [...begun(), blocked, blocked]],
    ["Entry 3 of BG-1 repeats ack.unblocked.", [...begun(), unblocked]],
    [
      "Entry 5 of BG-1 records ack.blocked of a request that was settled before.",
      [...begun(), denied(LEO), waived, blocked],
    ],
  ])("%s", (sentence, lines) => {
    expect(foundIn(...lines)).toEqual([sentence]);
  });

  test("one approval more than needed", () => {
    expect(foundIn(...begun({ needed: 0 }), ack(LEO, 1, 0))).toContain("Entry 3 of BG-1 counts the approvals wrong.");
  });

  test("a review that is not opened right after the declaration is reported missing", () => {
    const [declaration, opening] = begun();
    expect(foundIn(declaration, logged, opening)).toEqual([
      "Entry 1 of BG-1 is not followed by its review.opened.",
      "Entry 2 of BG-1 stands where the review has to be opened.",
      "Entry 3 of BG-1 opens the review later than right after the declaration.",
    ]);
  });
});

describe("a decision with a missing last entry is found", () => {
  test.each<readonly [string, readonly Line[]]>([
    ["Entry 1 of BG-1 is not followed by its review.opened.", begun().slice(0, 1)],
    ["Entry 2 of BG-1 is not followed by its bypass.activated.", begun({ needed: 0 })],
    ["Entry 3 of BG-1 is not followed by its bypass.activated.", [...begun(), ack(LEO)]],
    [
      "Entry 3 of BG-1 is not followed by its bypass.activated.",
      [...begun({ aloneAfterSeconds: 600 }), at(10, proceedsAlone(DANA))],
    ],
    ["Entry 3 of BG-1 is not followed by its review.waived.", [...begun(), denied(LEO)]],
    ["Entry 3 of BG-1 is not followed by its review.waived.", [...begun(), withdrawn(DANA)]],
    ["Entry 3 of BG-1 is not followed by its review.waived.", [...begun(), at(30, lapsed())]],
  ])("%s", (sentence, lines) => {
    expect(foundInWhole(...lines)).toEqual([sentence]);
    expect(foundInWhole(...lines, ...of(2, begun()).map((line) => at(30, line)))).toEqual([sentence]);
    expect(foundInWhole(...lines, at(30, logged))).toContain(sentence);
  });
});

describe("after an entry that does not fit, later entries are still checked", () => {
  test("against the last valid state", () => {
    const lines = [...begun(), closed(DANA), ack(DANA2), ack(LEO), activated(LEO), at(60, closed(DANA))];
    expect(foundIn(...lines)).toEqual([
      "Entry 3 of BG-1 records bypass.closed of a bypass that was never active.",
      "Entry 4 of BG-1 is an approval by the requester.",
      "Entry 4 of BG-1 is not followed by its bypass.activated.",
      "Entry 5 of BG-1 counts the approvals wrong.",
      "Entry 7 of BG-1 records bypass.closed after the end of the grant.",
    ]);
  });

  test("each, while nothing is declared", () => {
    expect(foundIn(logged, logged, ...begun())).toEqual([
      "Entry 1 of BG-1 comes before the declaration.",
      "Entry 2 of BG-1 comes before the declaration.",
    ]);
  });
});

describe("a state that does not follow from its entry is found", () => {
  const before = stateOf(...approvedByLeo());
  const [entry] = numbered([{ ...closedByDana, at: before.lastAt }], before.version + 1);
  if (entry === undefined) throw new Error("one entry was expected");
  const after = evolve(before, entry);
  const violationsAfter = (change: (state: Bypass) => Bypass, checked: Entry<BypassEvent> = entry) =>
    violationsOf({ before, previous: null, entry: checked, after: change(after) });

  test.each<readonly [string, (state: Bypass) => Bypass]>([
    ["leaves the bypass active, not closed", () => before],
    ["leaves 0 approvals, not 1", (state) => ({ ...state, approvals: [] })],
    [
      "leaves the review waived, not open",
      (state) => (state.review === null ? state : { ...state, review: { ...state.review, status: "waived" } }),
    ],
  ])("%s", (violation, change) => {
    expect(violationsAfter((state) => state)).toEqual([]);
    expect(violationsAfter(change)).toEqual([violation]);
  });
});
