import { describe, expect, test } from "vitest";
import { actionFollowUp, followUpAt, reviewFollowUp } from "../../../src/domain/review/follow-up.js";
import { followUp } from "../../support/domain/commands.js";
import {
  actionOpened,
  approvedByLeo,
  at,
  by,
  bySystem,
  closed,
  declared,
  denied,
  type Line,
  REVIEW_DUE,
  submitted,
  waived,
} from "../../support/domain/lines.js";
import { DANA, LEO, MIRA, NOOR, TOM } from "../../support/domain/people.js";
import { samplePath, samplePolicy, withPath } from "../../support/domain/policies.js";
import { given, stateOf } from "../../support/domain/scenario.js";

const SLOT = "2026-03-11T08:00:00.000Z";
const over = [...approvedByLeo(), at("4m", closed)];
const written = [...over, at("5m", submitted(MIRA))];
const todo = [
  ...written,
  at("5m", actionOpened(MIRA, 1, "U0TOM")),
  at("5m", actionOpened(MIRA, 2, "U0ENA", "2026-03-20T16:00:00.000Z")),
];
const ended = (action: number, outcome: "done" | "dropped" = "done"): Line =>
  by(TOM, { type: "action.ended", action, outcome, roleAsOf: null });
const reviewOf = (...lines: readonly Line[]) => stateOf(...lines).review;

describe("The state of a review", () => {
  test("names the writer, time and entry of its newest edition", () => {
    const review = reviewOf(...written, at("6m", submitted(NOOR, { edition: 2, verdict: "avoidable" })));
    expect(review).toMatchObject({ status: "submitted", reviewer: "on-call-lead", dueAt: REVIEW_DUE });
    expect(review?.submitted).toEqual({
      edition: 2,
      verdict: "avoidable",
      gatesAtFault: [],
      forcedBy: "real-emergency",
      aftermath: "passed-later",
      asApprover: false,
      roleAsOf: null,
      version: 7,
      at: "2026-03-10T02:06:00.000Z",
      by: { kind: "person", user: "U0NOOR", person: "U0NOOR" },
    });
  });

  test("holds its follow-up progress and the roles it was escalated to, each once", () => {
    const raised = (role: string) => bySystem("clock", { type: "review.escalated", slot: SLOT, role });
    const review = reviewOf(
      ...over,
      bySystem("clock", { type: "review.reminded", slot: SLOT, stage: "before", role: "on-call-lead" }),
      bySystem("clock", { type: "review.overdue", slot: SLOT }),
      raised("incident-commander"),
      raised("on-call-engineer"),
      raised("incident-commander"),
      by(MIRA, { type: "review.put_off", until: REVIEW_DUE, roleAsOf: null }, { reason: "Away." }),
    );
    expect(review?.progress).toEqual({
      remindedTo: SLOT,
      announced: true,
      escalated: true,
      putOffUntil: REVIEW_DUE,
      putOffs: 1,
    });
    expect(review?.escalatedTo).toEqual(["incident-commander", "on-call-engineer"]);
  });

  test("lists the entries that add the requester's view", () => {
    const view = by(DANA, { type: "review.view_added" }, { line: "It was dark." });
    expect(reviewOf(...over, view, view)?.views).toEqual([6, 7]);
  });

  test("holds each action's owner, follow-up progress and outcome, separate from the others", () => {
    const review = reviewOf(
      ...todo,
      bySystem("clock", { type: "action.reminded", action: 1, slot: SLOT, stage: "before" }),
      bySystem("clock", { type: "action.overdue", action: 1, slot: SLOT }),
      by(TOM, { type: "action.put_off", action: 1, until: REVIEW_DUE, roleAsOf: null }, { reason: "Away." }),
      ended(2, "dropped"),
    );
    expect(review?.actions).toEqual([
      {
        action: 1,
        owner: "U0TOM",
        dueAt: REVIEW_DUE,
        status: "open",
        version: 7,
        progress: { remindedTo: SLOT, announced: true, escalated: false, putOffUntil: REVIEW_DUE, putOffs: 1 },
      },
      {
        action: 2,
        owner: "U0ENA",
        dueAt: "2026-03-20T16:00:00.000Z",
        status: "dropped",
        version: 8,
        progress: { remindedTo: null, announced: false, escalated: false, putOffUntil: null, putOffs: 0 },
      },
    ]);
  });
});

describe("An impossible history of a review is a fault of the trail", () => {
  const reminded = (action: number): Line =>
    bySystem("clock", { type: "action.reminded", action, slot: SLOT, stage: "before" });

  test.each<[string, readonly Line[], RegExp]>([
    ["a second review", [...written, submitted(NOOR)], /entry 7 of a bypass: the review is submitted, not open/],
    ["an amendment before the review", [...over, submitted(MIRA, { edition: 2 })], /is open, not submitted/],
    ["an action before the review", [...over, actionOpened(MIRA, 1, "U0TOM")], /is open, not submitted/],
    ["a reminder of an action that does not exist", [...todo, reminded(3)], /action 3 is not open/],
    ["a reminder of an action that is done", [...todo, ended(1), reminded(1)], /action 1 is not open/],
    ["an action that ends twice", [...todo, ended(1), ended(1, "dropped")], /action 1 is not open/],
    [
      "a review by the system",
      [...over, bySystem("clock", submitted(MIRA).event)],
      /no person stands behind the review/,
    ],
    ["a review of an active bypass", [...approvedByLeo(), submitted(MIRA)], /it is not over/],
    [
      "a view of a bypass that was never active",
      [...declared(), by(DANA, { type: "review.view_added" })],
      /it is not over/,
    ],
  ])("%s", (_, lines, message) => {
    expect(() => stateOf(...lines)).toThrow(Error);
    expect(() => stateOf(...lines)).toThrow(message);
  });
});

describe("The follow-up of a bypass", () => {
  test("covers its review, from the end of the bypass until the review is written, by the rules of the path", () => {
    const followUp = reviewFollowUp(samplePolicy, stateOf(...over));
    expect(followUp).toMatchObject({
      plan: {
        openedAt: "2026-03-10T02:04:00.000Z",
        dueAt: REVIEW_DUE,
        rules: samplePath().review.remind,
        escalateAfter: { unit: "businessDays", count: 3 },
      },
      progress: { remindedTo: null },
    });
    expect(reviewFollowUp(samplePolicy, stateOf(...approvedByLeo()))).toBeNull();
    expect(reviewFollowUp(samplePolicy, stateOf(...written))).toBeNull();
    expect(reviewFollowUp(samplePolicy, stateOf(...declared(), denied(LEO), waived))).toBeNull();
  });

  test("escalates to nobody if the path or its escalation role is gone", () => {
    const state = stateOf(...over);
    expect(reviewFollowUp({ ...samplePolicy, paths: {} }, state)?.plan).toMatchObject({
      escalateAfter: null,
      rules: [{ when: "before" }, { when: "atDue" }, { when: "dailyAfter" }],
    });
    const policy = withPath({ review: { ...samplePath().review, escalateTo: null } });
    expect(reviewFollowUp(policy, state)?.plan.escalateAfter).toBeNull();
  });

  test("covers each open action, from the review on, without escalation", () => {
    const state = stateOf(...todo, ended(2));
    const followUp = (state.review?.actions ?? []).map((action) => actionFollowUp(samplePolicy, state, action));
    expect(followUp).toMatchObject([
      { plan: { openedAt: "2026-03-10T02:05:00.000Z", dueAt: REVIEW_DUE, escalateAfter: null } },
      null,
    ]);
  });

  test("is next due at the earliest of its times", () => {
    const now = "2026-03-10T09:00:00.000Z";
    expect(followUpAt(samplePolicy, stateOf(...todo), now)).toBe(SLOT);
    expect(followUpAt(samplePolicy, stateOf(...todo, ended(1)), now)).toBe("2026-03-19T08:00:00.000Z");
    expect(followUpAt(samplePolicy, stateOf(...todo, ended(1), ended(2)), now)).toBeNull();
    const swapped = [
      ...written,
      actionOpened(MIRA, 1, "U0ENA", "2026-03-20T16:00:00.000Z"),
      actionOpened(MIRA, 2, "U0TOM"),
    ];
    expect(followUpAt(samplePolicy, stateOf(...swapped), now)).toBe(SLOT);
  });
});

describe("A path that the policy no longer has", () => {
  const gone = { ...samplePolicy, paths: {} };

  test("still has its reviews followed up, by the default rules and without escalation", () => {
    given(...over)
      .under(gone)
      .when(followUp, "224h")
      .records(
        bySystem("clock", {
          type: "review.reminded",
          slot: "2026-03-19T08:00:00.000Z",
          stage: "after",
          role: "on-call-lead",
        }),
        bySystem("clock", { type: "review.overdue", slot: "2026-03-13T08:00:00.000Z" }),
      );
  });
});
