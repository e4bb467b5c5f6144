import { describe, expect, test } from "vitest";
import type { ActionForm } from "../../../src/domain/review/form.js";
import { submit } from "../../support/domain/commands.js";
import { actionOpened, approvedByLeo, at, closed, declared, submitted } from "../../support/domain/lines.js";
import { MIRA, NOOR } from "../../support/domain/people.js";
import { given } from "../../support/domain/scenario.js";
import { LIKENESS, TOKEN } from "../../support/secrets.js";

const over = [...approvedByLeo(), at("4m", closed)];
const todo = (change: Partial<ActionForm> = {}): ActionForm => ({
  what: "Renew it.",
  owner: "U0TOM",
  due: "2026-03-13",
  ...change,
});

/** The problems, by field, of a form submitted `elapsed` after the declaration. */
const problems = (change: Parameters<typeof submit>[1], elapsed = "5m", strangers: readonly string[] = []) =>
  given(...over)
    .when({ ...submit(MIRA, change), strangers }, elapsed)
    .refuses("invalid_review").reviewProblems ?? [];
const messageOf = (change: Parameters<typeof submit>[1], elapsed?: string, strangers?: readonly string[]): string => {
  const [first, ...more] = problems(change, elapsed, strangers);
  expect(more).toEqual([]);
  return first?.message ?? "";
};
const accepts = (change: Parameters<typeof submit>[1], elapsed = "5m"): boolean =>
  given(...over).when(submit(MIRA, change), elapsed).decision.ok;

describe("The problems of a review form", () => {
  test("are reported at once, with a message for each field", () => {
    const problemsFound = problems({
      verdict: null,
      forcedBy: null,
      aftermath: null,
      lesson: "",
      gatesAtFault: ["secret-scan"],
      actions: [todo({ what: "", owner: null, due: null }), todo({ due: "2026-03-09" })],
    });
    expect(problemsFound.map(({ field }) => field)).toEqual([
      "verdict",
      "gatesAtFault",
      "forcedBy",
      "aftermath",
      "lesson",
      "action-0-what",
      "action-0-owner",
      "action-0-due",
      "action-1-due",
    ]);
    for (const { message } of problemsFound) expect(message).toMatch(/^[A-Z`].{15,}\.$/);
  });

  test("say whether a gate was not bypassed, is missing, or does not fit the verdict", () => {
    expect(messageOf({ verdict: "gate-at-fault", gatesAtFault: ["e2e-suite", "secret-scan"] })).toBe(
      "This bypass did not skip that gate.",
    );
    expect(messageOf({ verdict: "gate-at-fault" })).toBe("Name the gates that are at fault.");
    expect(messageOf({ verdict: "avoidable", gatesAtFault: ["e2e-suite"] })).toMatch(
      /^Gates are named only with .+\.$/,
    );
    expect(problems({ verdict: null, gatesAtFault: ["e2e-suite"] }).map(({ field }) => field)).toEqual(["verdict"]);
  });

  test("say whether a text is missing, holds a secret, or cannot be recorded as typed", () => {
    expect(messageOf({ lesson: " " })).toMatch(/^Say what was learned/);
    expect(messageOf({ actions: [todo({ what: "" })] })).toMatch(/^Say what is to be done/);
    for (const change of [
      (text: string) => ({ lesson: text }),
      (text: string) => ({ actions: [todo({ what: text })] }),
    ]) {
      expect(messageOf(change(TOKEN))).toMatch(/^This holds a secret \(GitHub token\), .+\.$/);
      expect(messageOf(change(LIKENESS))).toBe("Looks like a password.");
      expect(messageOf(change("\ud83d"))).toMatch(/^This cannot be recorded as typed: keep it to 3000 characters/);
      expect(messageOf(change("y".repeat(3001)))).toMatch(/^This cannot be recorded as typed/);
    }
  });

  test("say whether an owner is missing or not a member of the workspace", () => {
    expect(messageOf({ actions: [todo({ owner: null })] })).toBe("Choose who will see to it.");
    expect(messageOf({ actions: [todo()] }, "5m", ["U0TOM"])).toMatch(/^Choose a full member of this workspace/);
    expect(
      problems({ actions: [todo(), todo({ owner: "U0ENA" })] }, "5m", ["U0ENA"]).map(({ field }) => field),
    ).toEqual(["action-1-owner"]);
  });

  test("say whether a day is missing, has passed, is already closed, or is too far away", () => {
    const due = (day: string | null, elapsed?: string) => messageOf({ actions: [todo({ due: day })] }, elapsed);
    for (const none of [null, "", "2026-02-30", "13 March", "2026-03-13T00:00", "x2026-03-13"])
      expect(due(none)).toBe("Choose the day by which it is done.");
    expect(due("2026-03-09")).toBe("That day has passed. Choose today or a later day.");
    // Declared at 3 a.m. in Berlin: the office closes at 17:00, fourteen hours later.
    expect(accepts({ actions: [todo({ due: "2026-03-10" })] }, "839m")).toBe(true);
    expect(due("2026-03-10", "840m")).toMatch(/^The office has closed for today/);
    expect(accepts({ actions: [todo({ due: "2027-03-10" })] })).toBe(true);
    expect(due("2027-03-12")).toMatch(/^That is more than a year away/);
  });

  test("count a year as 366 days, up to the end of office hours", () => {
    const elapsed = (minutes: number) => `${minutes}m`;
    // 2027-03-11 at 16:00 UTC is 366 days and 14 hours after the declaration.
    expect(accepts({ actions: [todo({ due: "2027-03-11" })] }, elapsed(14 * 60 - 1))).toBe(false);
    expect(accepts({ actions: [todo({ due: "2027-03-11" })] }, elapsed(14 * 60))).toBe(true);
  });
});

describe("A valid review form", () => {
  test("is recorded with each gate once and with cleaned texts", () => {
    const two = [...declared(undefined, { gates: ["e2e-suite", "two-approvals"] }), ...over.slice(2)];
    given(...two)
      .when(
        submit(MIRA, {
          verdict: "gate-at-fault",
          gatesAtFault: ["two-approvals", "e2e-suite", "two-approvals"],
          lesson: "  Learned.\r\n",
          actions: [todo({ what: " Do it.\u200b " })],
        }),
        "5m",
      )
      .records(
        submitted(MIRA, { verdict: "gate-at-fault", gatesAtFault: ["two-approvals", "e2e-suite"] }, "Learned."),
        actionOpened(MIRA, 1, "U0TOM", "2026-03-13T16:00:00.000Z", "Do it."),
      );
  });

  test("continues the action numbers of earlier editions", () => {
    const written = [...over, at("5m", submitted(MIRA)), at("5m", actionOpened(MIRA, 1, "U0TOM"))];
    given(...written)
      .when(submit(NOOR, { edition: 1, actions: [todo(), todo()] }), "6m")
      .records(
        submitted(NOOR, { edition: 2 }),
        actionOpened(NOOR, 2, "U0TOM", "2026-03-13T16:00:00.000Z"),
        actionOpened(NOOR, 3, "U0TOM", "2026-03-13T16:00:00.000Z"),
      );
  });

  test("has at most 20 actions, including those of earlier editions", () => {
    const some = (count: number) => Array.from({ length: count }, () => todo());
    expect(accepts({ actions: some(20) })).toBe(true);
    expect(messageOf({ actions: some(21) })).toMatch(/^One review has 20 actions at most/);
    const written = [...over, at("5m", submitted(MIRA)), at("5m", actionOpened(MIRA, 1, "U0TOM"))];
    const amend = (count: number) => given(...written).when(submit(MIRA, { edition: 1, actions: some(count) }), "6m");
    expect(amend(19).decision.ok).toBe(true);
    const [problem] = amend(20).refuses("invalid_review").reviewProblems ?? [];
    expect(problem?.field).toBe("action-0-what");
  });

  test("records when the roles were read, if the reading was stale", () => {
    const roleAsOf = "2026-03-10T01:50:00.000Z";
    given(...over)
      .when(submit({ ...MIRA, roleAsOf }), "5m")
      .records(submitted(MIRA, { roleAsOf }));
  });
});
