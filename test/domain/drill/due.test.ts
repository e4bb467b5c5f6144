import { describe, expect, test } from "vitest";
import { drillStep, drillsDue } from "../../../src/domain/drill/due.js";
import { PATH, samplePath, samplePolicy, withPath } from "../../support/domain/policies.js";

const BEGUN = "2026-01-05T10:00:00.000Z";
const LAST = "2026-03-02T10:00:00.000Z";
/** 90 days after {@link LAST}, a Sunday. */
const DUE = "2026-05-31T10:00:00.000Z";

describe("The drill of a path", () => {
  test("is due an interval after the last drill, for the role that writes the path's reviews", () => {
    expect(drillsDue(samplePolicy, { [PATH]: LAST }, BEGUN)).toMatchObject([
      {
        path: PATH,
        title: "Emergency deploy",
        role: "on-call-lead",
        escalateTo: "incident-commander",
        channel: "#incidents",
        dueAt: DUE,
        followUp: { plan: { openedAt: LAST, dueAt: DUE, escalateAfter: { unit: "businessDays", count: 3 } } },
      },
    ]);
  });

  test("is due an interval after the first policy, if there was no drill yet", () => {
    expect(drillsDue(samplePolicy, { other: LAST }, BEGUN)).toMatchObject([{ dueAt: "2026-04-05T10:00:00.000Z" }]);
  });

  test("is never due if the policy requires none", () => {
    expect(drillsDue(withPath({ drillEverySeconds: null }), { [PATH]: LAST }, BEGUN)).toEqual([]);
  });

  test("is escalated to nobody if the path has no escalation role", () => {
    const policy = withPath({ review: { ...samplePath().review, escalateTo: null } });
    const [drill] = drillsDue(policy, { [PATH]: LAST }, BEGUN);
    expect(drill).toMatchObject({ escalateTo: null, followUp: { plan: { escalateAfter: null } } });
  });

  test("is followed up like a review: before, when due, daily after, and then escalated", () => {
    const [drill] = drillsDue(samplePolicy, { [PATH]: LAST }, BEGUN);
    if (drill === undefined) throw new Error("The path is rehearsed.");
    const nothing = { reminder: null, overdue: null, escalation: null };
    expect(drillStep(drill, "2026-05-28T10:00:00.000Z")).toEqual(nothing);
    expect(drillStep(drill, "2026-05-29T07:00:00.000Z")).toEqual({
      ...nothing,
      reminder: { at: "2026-05-29T07:00:00.000Z", stage: "before" },
    });
    expect(drillStep(drill, "2026-06-04T10:00:00.000Z")).toEqual({
      reminder: { at: "2026-06-04T07:00:00.000Z", stage: "after" },
      overdue: "2026-06-01T07:00:00.000Z",
      escalation: "2026-06-03T15:00:00.000Z",
    });
  });
});
