import { afterEach, beforeEach, expect, test } from "vitest";
import type { SlackDouble } from "../../src/demo/slack/index.js";
import { createSlackPager } from "../../src/slack/slack-pager.js";
import type { Pager } from "../../src/usecases/ports.js";
import { DANA, LEE, PRIYA, policySource, recordIn } from "./messages/fixtures.js";
import { type handClock, incidentWorkspace } from "./workspace.js";

let slack: SlackDouble;
let clock: ReturnType<typeof handClock>;
let pager: Pager;
beforeEach(async () => {
  const workspace = await incidentWorkspace();
  ({ slack, clock } = workspace);
  pager = createSlackPager({ directory: workspace.directory, policy: policySource() });
});
afterEach(() => slack.stop());

const page = (role: string) => pager.audience({ role, record: recordIn("requested") });

test("the holders of the role are addressed, sorted", async () => {
  expect(pager.name).toBe("slack");
  expect(await page("on-call-lead")).toEqual({ kind: "addressed", users: [DANA, LEE] });
  expect(await page("incident-commander")).toEqual({ kind: "addressed", users: [DANA] });
});

test("neither the requester nor another account of the requester's person is addressed", async () => {
  slack.people.add({ id: "U0PRIYA2", name: "priya-admin" });
  slack.groups.set("S0LEADS", [PRIYA, "U0PRIYA2", LEE]);
  expect(await page("on-call-lead")).toEqual({ kind: "addressed", users: [LEE] });
});

test("guests, bots, deactivated and foreign accounts are left out", async () => {
  slack.people.add({ id: "U0GUEST", name: "guest", guest: "single" });
  slack.people.add({ id: "U0BOT2", name: "bot", bot: true });
  slack.people.add({ id: "U0ZOE", name: "zoe", teamId: "T0ELSE", stranger: true });
  slack.people.update(LEE, { deactivated: true });
  slack.groups.set("S0LEADS", ["U0GUEST", "U0BOT2", "U0ZOE", LEE, DANA]);
  expect(await page("on-call-lead")).toEqual({ kind: "addressed", users: [DANA] });
});

test("a role that nobody else holds, or that the policy does not know, has failed", async () => {
  slack.groups.set("S0LEADS", [PRIYA]);
  expect(await page("on-call-lead")).toEqual({ kind: "failed", code: "nobody_holds_role" });
  expect(await page("no-such-role")).toEqual({ kind: "failed", code: "nobody_holds_role" });
});

test("while Slack cannot be reached the page waits, and goes out afterwards", async () => {
  await slack.faults.unreachable();
  expect(await page("on-call-lead")).toMatchObject({ kind: "later", code: "group_unread" });
  expect(await page("incident-commander")).toMatchObject({ kind: "later", code: "accounts_unread" });
  await slack.faults.reachable();
  expect(await page("on-call-lead")).toEqual({ kind: "addressed", users: [DANA, LEE] });
});

test("one account that cannot be looked up does not hold up the page of the others, nor is it left out", async () => {
  await page("incident-commander");
  slack.faults.set("users.info", { kind: "error", code: "internal_error" }, "always");
  clock.advance(60_000);
  expect(await page("on-call-lead")).toEqual({ kind: "addressed", users: [DANA, LEE] });
});
