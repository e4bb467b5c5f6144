import { describe, expect, test } from "vitest";
import type { DrillDue } from "../../../src/domain/drill/due.js";
import { NOT_FOLLOWED_UP } from "../../../src/domain/reminders/due-now.js";
import { renderNotice } from "../../../src/slack/messages/render.js";
import type { ActionSummary } from "../../../src/usecases/ports/ports.js";
import { policyOf } from "./fixtures.js";

const NOW = "2027-03-10T12:00:00.000Z";
const LONG_AGO = "2027-03-01T16:00:00.000Z";
const policy = policyOf();
const empty = { now: NOW, reviews: [], actions: [], gates: [], drills: [] } as const;

const due: DrillDue = {
  path: "emergency_deploy",
  title: "Emergency deploy",
  role: "on-call-lead",
  escalateTo: null,
  channel: "#incidents",
  dueAt: LONG_AGO,
  followUp: {
    plan: { openedAt: LONG_AGO, dueAt: LONG_AGO, rules: [], escalateAfter: null, officeHours: policy.officeHours },
    progress: NOT_FOLLOWED_UP,
  },
};
const action = (kind: ActionSummary["kind"]): ActionSummary => ({
  n: 40,
  kind,
  action: 1,
  version: 9,
  identity: "0123456789abcdef01234567",
  owner: "U0TOM",
  dueAt: LONG_AGO,
  putOffUntil: null,
  what: "Split the slow suite.",
});

describe("a notice that lists only a drill", () => {
  const lists = { ...empty, drills: [due] };

  test("does not mention reviews", () => {
    for (const kind of ["waits", "overdue"] as const) {
      const { text } = renderNotice({ ...lists, kind, to: "U0DANA", channel: "#incidents" }, policy);
      expect(text).toContain("1 drill");
      expect(text).toContain("`/breakglass drill` starts it");
      expect(text.toLowerCase()).not.toContain("review");
    }
  });

  test("mentions the responsible role in the channel", () => {
    const { text, blocks } = renderNotice({ ...lists, kind: "overdue", channel: "#incidents" }, policy);
    expect(text).toContain("<!subteam^S0LEADS>");
    expect(JSON.stringify(blocks)).toContain("<!subteam^S0LEADS>");
  });
});

test("an action from a drill is marked DRILL in the reminder, and other actions are not", () => {
  const line = (kind: ActionSummary["kind"]) =>
    renderNotice({ ...empty, kind: "waits", to: "U0TOM", actions: [action(kind)] }, policy).text.split("\n")[1];
  expect(line("drill")).toMatch(/^DRILL Action 1 from REV-40/);
  expect(line("bypass")).toMatch(/^Action 1 from REV-40/);
});
