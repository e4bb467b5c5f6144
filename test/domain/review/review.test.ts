import { describe, expect, test } from "vitest";
import { followUpAt } from "../../../src/domain/review/follow-up.js";
import { followUp, putOff, submit } from "../../support/domain/commands.js";
import {
  acked,
  actionOpened,
  activated,
  approvedByLeo,
  at,
  by,
  bySystem,
  closed,
  declared,
  REVIEW_DUE,
  submitted,
} from "../../support/domain/lines.js";
import { DANA, DANA_AGAIN, IVO, LEO, LEO_AGAIN, MIRA, NOOR } from "../../support/domain/people.js";
import { samplePolicy, withPath, withPerson } from "../../support/domain/policies.js";
import { given, stateOf } from "../../support/domain/scenario.js";

/** Declared on Tuesday at 3 a.m. in Berlin, closed four minutes later; the review is due on Thursday at 17:00. */
const over = [...approvedByLeo(), at("4m", closed)];
const DAY = 24 * 60;
const days = (count: number, minutes = 0) => `${count * DAY + minutes}m`;

const remindedAt = (slot: string, stage: "before" | "due" | "after") =>
  bySystem("clock", { type: "review.reminded", slot, stage, role: "on-call-lead" });

describe("A review", () => {
  test("is submitted by someone who holds the reviewer's role", () => {
    given(...over)
      .when(submit(MIRA), "5m")
      .records(submitted(MIRA));
  });

  test("names the gates with the verdict gate-at-fault, and only then", () => {
    given(...over)
      .when(submit(MIRA, { verdict: "gate-at-fault", gatesAtFault: ["e2e-suite"], forcedBy: "flaky" }), "5m")
      .records(submitted(MIRA, { verdict: "gate-at-fault", gatesAtFault: ["e2e-suite"], forcedBy: "flaky" }));
    const fields = (change: Parameters<typeof submit>[1]) =>
      given(...over)
        .when(submit(MIRA, change), "5m")
        .refuses("invalid_review")
        .reviewProblems?.map(({ field }) => field);
    expect(fields({ verdict: "gate-at-fault" })).toEqual(["gatesAtFault"]);
    expect(fields({ gatesAtFault: ["e2e-suite"] })).toEqual(["gatesAtFault"]);
    expect(fields({ verdict: "gate-at-fault", gatesAtFault: ["secret-scan"] })).toEqual(["gatesAtFault"]);
    expect(fields({ verdict: null, forcedBy: null, aftermath: null, lesson: " " })).toEqual([
      "verdict",
      "forcedBy",
      "aftermath",
      "lesson",
    ]);
  });

  test("opens its actions, each due when the office closes on its day", () => {
    const actions = [
      { what: "Renew the certificate.", owner: "U0TOM", due: "2026-03-13" },
      { what: "Watch it.", owner: "U0MIRA", due: "2026-04-01" },
    ];
    given(...over)
      .when(submit(MIRA, { actions }), "5m")
      .records(
        submitted(MIRA),
        actionOpened(MIRA, 1, "U0TOM", "2026-03-13T16:00:00.000Z", "Renew the certificate."),
        actionOpened(MIRA, 2, "U0MIRA", "2026-04-01T15:00:00.000Z", "Watch it."),
      );
  });

  test.each([
    ["a day in the past", { due: "2026-03-09" }, "action-0-due"],
    ["a day that does not exist", { due: "2026-02-30" }, "action-0-due"],
    ["a day beyond next year", { due: "2028-03-09" }, "action-0-due"],
    ["no day", { due: null }, "action-0-due"],
    ["no owner", { owner: null }, "action-0-owner"],
    ["nothing to do", { what: " " }, "action-0-what"],
  ])("refuses an action with %s, and nothing is recorded", (_, change, field) => {
    const action = { what: "Renew it.", owner: "U0TOM", due: "2026-03-13", ...change };
    const refusal = given(...over)
      .when(submit(MIRA, { actions: [action] }), "5m")
      .refuses("invalid_review");
    expect(refusal.reviewProblems?.map((problem) => problem.field)).toEqual([field]);
  });

  test("assigns actions only to members of the workspace, and not for a day that is over", () => {
    const action = { what: "Renew it.", owner: "U0GUEST", due: "2026-03-10" };
    const command = { ...submit(MIRA, { actions: [action] }), strangers: ["U0GUEST"] };
    const refusal = given(...over)
      .when(command, "16h")
      .refuses("invalid_review");
    expect(refusal.reviewProblems?.map(({ field }) => field)).toEqual(["action-0-owner", "action-0-due"]);
  });

  test("is never written by the requester's person, through any account, and the attempt is recorded", () => {
    for (const who of [DANA, DANA_AGAIN]) {
      given(...over)
        .when(submit(who), "5m")
        .refuses("own_review", by(who, { type: "attempt.refused", action: "submit_review", code: "own_review" }));
    }
    given(...over)
      .when({ type: "add_view", by: DANA_AGAIN, line: "It was dark." }, "5m")
      .records(by(DANA_AGAIN, { type: "review.view_added" }, { line: "It was dark." }));
  });

  test("is written by an approver only if nobody else holds the role, and is marked so", () => {
    given(...over)
      .when(submit(LEO), "5m")
      .refuses("approver_while_others");
    given(...over)
      .under(withPerson("leo", ["U0LEO", "W0LEO2"]))
      .when(submit(LEO_AGAIN, {}, ["U0MIRA"]), "5m")
      .refuses("approver_while_others");
    given(...over)
      .when(submit(LEO, {}, null), "5m")
      .refuses("unverifiable");
    const alone = ["U0LEO", "U0DANA", "W0DANA2"];
    given(...over)
      .when(submit(LEO, {}, alone), "5m")
      .records(submitted(LEO, { asApprover: true }));
  });

  test("that was submitted in the meantime is amended, not submitted twice, and both editions stay", () => {
    const written = [...over, at("5m", submitted(MIRA))];
    given(...written)
      .when(submit(NOOR), "6m")
      .refuses("review_changed");
    const amended = given(...written)
      .when(submit(NOOR, { edition: 1, verdict: "avoidable" }), "6m")
      .records(submitted(NOOR, { edition: 2, verdict: "avoidable" }));
    expect(amended.state?.review?.submitted).toMatchObject({
      edition: 2,
      verdict: "avoidable",
      by: { user: "U0NOOR" },
    });
    given(...written, at("6m", submitted(NOOR, { edition: 2 })))
      .when(submit(MIRA, { edition: 1 }), "7m")
      .refuses("review_changed");
  });

  test("is waived if the bypass was never active, and cannot be written", () => {
    given(...declared())
      .when(submit(MIRA), "1m")
      .refuses("not_over");
  });
});

describe("The follow-up of a review", () => {
  test("reminds at the planned times, in office hours, each once", () => {
    // One business day before Thursday is Wednesday when the office opens, 8:00 UTC.
    given(...over)
      .when(followUp, days(1, 5 * 60 + 59))
      .refuses("nothing_due");
    given(...over)
      .when(followUp, days(1, 6 * 60))
      .records(remindedAt("2026-03-11T08:00:00.000Z", "before"));
    const first = [...over, at(days(1, 6 * 60), remindedAt("2026-03-11T08:00:00.000Z", "before"))];
    given(...first)
      .when(followUp, days(1, 6 * 60 + 1))
      .refuses("nothing_due");
    given(...first)
      .when(followUp, days(2, 14 * 60))
      .records(remindedAt(REVIEW_DUE, "due"));
  });

  test("names it in the channel once it is overdue, and escalates it after three business days", () => {
    const due = [...over, at(days(2, 14 * 60), remindedAt(REVIEW_DUE, "due"))];
    given(...due)
      .when(followUp, days(3, 6 * 60))
      .records(
        remindedAt("2026-03-13T08:00:00.000Z", "after"),
        bySystem("clock", { type: "review.overdue", slot: "2026-03-13T08:00:00.000Z" }),
      );
    // The third business day after Thursday ends on Tuesday at 17:00, which is 16:00 UTC.
    const raised = given(...due)
      .when(followUp, days(7, 14 * 60))
      .records(
        bySystem("clock", { type: "review.escalated", slot: "2026-03-17T16:00:00.000Z", role: "incident-commander" }),
        remindedAt("2026-03-17T08:00:00.000Z", "after"),
        bySystem("clock", { type: "review.overdue", slot: "2026-03-13T08:00:00.000Z" }),
      );
    expect(raised.state?.review?.escalatedTo).toEqual(["incident-commander"]);
  });

  test("lets the role that it was escalated to write it", () => {
    given(...over)
      .when(submit(IVO), "5m")
      .refuses("not_reviewer", by(IVO, { type: "attempt.refused", action: "submit_review", code: "not_reviewer" }));
    const raised = bySystem("clock", { type: "review.escalated", slot: REVIEW_DUE, role: "incident-commander" });
    given(...over, at(days(7), raised))
      .when(submit(IVO), days(8))
      .records(submitted(IVO));
  });

  test("is silent at night and on weekends, and missed reminders become one", () => {
    // Saturday noon, and Monday when the office opens.
    given(...over)
      .when(followUp, days(4, 10 * 60))
      .refuses("nothing_due");
    const monday = given(...over).when(followUp, days(6, 6 * 60));
    expect(monday.decision.entries.filter(({ event }) => event.type === "review.reminded")).toHaveLength(1);
  });

  test("stops once the review is submitted", () => {
    given(...over, at("5m", submitted(MIRA)))
      .when(followUp, days(3, 6 * 60))
      .refuses("nothing_due");
    expect(followUpAt(samplePolicy, stateOf(...over, at("5m", submitted(MIRA))), REVIEW_DUE)).toBeNull();
  });

  test("pauses while the review is put off, and continues after that", () => {
    const off = by(
      MIRA,
      { type: "review.put_off", until: "2026-03-16T08:00:00.000Z", roleAsOf: null },
      { reason: "Mira is away." },
    );
    given(...over)
      .when(putOff(MIRA), "5m")
      .records(off);
    const whilePutOff = [...over, at("5m", off)];
    given(...whilePutOff)
      .when(followUp, days(3, 6 * 60))
      .refuses("nothing_due");
    expect(followUpAt(samplePolicy, stateOf(...whilePutOff), "2026-03-10T03:00:00.000Z")).toBe(
      "2026-03-16T08:00:00.000Z",
    );
    given(...whilePutOff)
      .when(followUp, days(6, 6 * 60))
      .records(
        remindedAt("2026-03-16T08:00:00.000Z", "after"),
        bySystem("clock", { type: "review.overdue", slot: "2026-03-16T08:00:00.000Z" }),
      );
    for (const until of ["2026-03-10", "2026-05-01", "soon"]) {
      given(...over)
        .when(putOff(MIRA, until), "5m")
        .refuses("date_invalid");
    }
    given(...over)
      .when(putOff(MIRA, "2026-03-16", " "), "5m")
      .refuses("reason_missing");
  });

  test("reminds nobody of a bypass that is not over, or if its path has no reminders left", () => {
    expect(followUpAt(samplePolicy, stateOf(...approvedByLeo()), REVIEW_DUE)).toBeNull();
    const gone = { ...samplePolicy, paths: {} };
    expect(followUpAt(gone, stateOf(...over), "2026-03-10T03:00:00.000Z")).toBe("2026-03-11T08:00:00.000Z");
  });

  test("follows the policy in force: a reminder that it no longer has does not come", () => {
    const policy = withPath({ review: { ...withPath({}).paths.emergency_deploy?.review, remind: [] } as never });
    given(...over)
      .under(policy)
      .when(followUp, days(1, 6 * 60))
      .refuses("nothing_due");
  });
});

test("counts each approver of a bypass that needed two as an approver", () => {
  const two = [
    ...declared(),
    at("1m", acked(LEO, 1, 2)),
    at("1m", acked(MIRA, 2, 2)),
    at("1m", activated(MIRA, "61m")),
  ];
  given(...two, at("4m", closed))
    .when(submit(LEO), "5m")
    .refuses("approver_while_others");
});
