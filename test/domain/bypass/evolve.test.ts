import { describe, expect, test } from "vitest";
import { evolve, fold } from "../../../src/domain/bypass/evolve.js";
import { rowOf } from "../../../src/domain/bypass/row.js";
import type { SystemReason } from "../../../src/domain/events/catalogue/bypass.js";
import type { Entry } from "../../../src/domain/events/entries.js";
import { DECLARED_AT, since } from "../../support/domain/clock.js";
import {
  acked,
  activated,
  approvedByLeo,
  at,
  bySystem,
  closed,
  declared,
  denied,
  expired,
  type Line,
  REVIEW_DUE,
  revoked,
  waived,
  warned,
  withdrawn,
} from "../../support/domain/lines.js";
import { LEO } from "../../support/domain/people.js";
import { numbered, stateOf } from "../../support/domain/scenario.js";

const foldingOf =
  (...lines: readonly Line[]) =>
  () =>
    fold(numbered(lines));
const [declaration, review] = declared();
const revokedBySystem = (why: SystemReason): Line =>
  bySystem("policy", { type: "bypass.revoked", why, roleAsOf: null });

describe("An impossible history is a fault of the trail", () => {
  test.each<[string, readonly Line[], RegExp]>([
    ["an entry before the declaration", [waived], /nothing was declared/],
    ["a second declaration", [declaration, review, declaration], /declared before/],
    ["an end before the approval", [declaration, review, closed], /not active/],
    ["a warning before the approval", [declaration, review, warned], /not active/],
    ["an expiry after a Close", [...approvedByLeo(), closed, expired], /closed, not active/],
    ["a second settlement", [declaration, review, denied(LEO), activated(LEO, "1h")], /denied, not requested/],
    ["a Withdraw of a grant", [...approvedByLeo(), withdrawn], /active, not requested/],
    ["an approval by no person", [declaration, review, bySystem("clock", acked(LEO).event)], /no person/],
  ])("%s", (_, lines, message) => {
    expect(foldingOf(...lines)).toThrow(message);
  });

  test("a gap in the versions, or a declaration that is not the first entry", () => {
    const [first, second] = numbered(declared());
    if (first === undefined || second === undefined) throw new Error("two entries were expected");
    const skipped: Entry = { ...second, version: 3 };
    expect(() => fold([first, skipped])).toThrow(/version 2 was expected/);
    expect(() => evolve(null, { ...first, version: 2 })).toThrow(/first entry/);
  });
});

describe("The projection of a bypass", () => {
  test("holds what follows from its entries, and when it is next due", () => {
    expect(rowOf(stateOf(...declared()))).toEqual({
      version: 2,
      kind: "bypass",
      status: "requested",
      path: "emergency_deploy",
      gates: ["e2e-suite"],
      requesterUser: "U0DANA",
      requesterPerson: "dana",
      targetKind: "github-pr",
      incident: "INC-7",
      channel: "#incidents",
      alertTs: null,
      declaredAt: DECLARED_AT,
      settledAt: null,
      endsAt: null,
      endedAt: null,
      rejectedAt: null,
      nextDueAt: since("3m"),
      reviewStatus: "open",
      reviewDueAt: REVIEW_DUE,
      reviewerRole: "on-call-lead",
      verdict: null,
      gatesAtFault: [],
      forcedBy: null,
      reviewedAt: null,
      reviewEdition: 0,
      actionsOpened: 0,
      reviewRoles: ["on-call-lead"],
      reviewPutOffUntil: null,
      declaredFor: "#incidents",
    });
  });

  test("reflects the alert, the approval and the end", () => {
    const alert = bySystem("delivery", { type: "alert.posted", channel: "C0INC", ts: "1.2" });
    expect(rowOf(stateOf(...approvedByLeo(), alert))).toMatchObject({
      status: "active",
      channel: "C0INC",
      alertTs: "1.2",
      settledAt: since("1m"),
      endsAt: since("61m"),
      nextDueAt: since("56m"),
    });
    expect(rowOf(stateOf(...approvedByLeo(), at("10m", closed)))).toMatchObject({
      status: "closed",
      settledAt: since("1m"),
      endedAt: since("10m"),
      nextDueAt: null,
    });
    expect(rowOf(stateOf(...declared(), at("2m", denied(LEO)), at("2m", waived)))).toMatchObject({
      status: "denied",
      settledAt: since("2m"),
      rejectedAt: since("2m"),
      endsAt: null,
      nextDueAt: null,
      reviewStatus: "waived",
    });
  });

  test("says when another person revoked the grant, and not when the system did or the requester closed it", () => {
    const rejectedAt = (end: Line): string | null => rowOf(stateOf(...approvedByLeo(), at("10m", end))).rejectedAt;
    expect(rejectedAt(revoked(LEO))).toBe(since("10m"));
    expect(rejectedAt(revokedBySystem("gate_never_bypass"))).toBeNull();
    expect(rejectedAt(revokedBySystem("requester_deactivated"))).toBeNull();
    expect(rejectedAt(closed)).toBeNull();
  });

  test("keeps the declared channel while the alert could not be posted", () => {
    const failed = bySystem("delivery", { type: "alert.failed", code: "is_archived" });
    expect(rowOf(stateOf(...declared(), failed))).toMatchObject({ channel: "#incidents", alertTs: null });
  });

  test("throws for a bypass without a review, which no commit may leave behind", () => {
    expect(() => rowOf(stateOf(declaration))).toThrow(/without a review/);
  });
});
