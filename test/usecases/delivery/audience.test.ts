import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { SlackDouble } from "../../../demo/slack/index.js";
import { createSchedules } from "../../../src/pagers/pagerduty-schedules.js";
import { audienceOf } from "../../../src/usecases/delivery/audience.js";
import type { Directory, PolicySource } from "../../../src/usecases/ports/ports.js";
import { tallyLog } from "../../jobs/tally.js";
import { DANA, LEE, POLICY_TEXT, PRIYA, policyOf, policySource, recordIn } from "../../slack/messages/fixtures.js";
import { incidentWorkspace, type manualClock } from "../../slack/workspace.js";
import { API_TOKEN, openPagerDutyDouble, type PagerDutyDouble } from "../../support/pagers/pagerduty-double.js";

let slack: SlackDouble;
let clock: ReturnType<typeof manualClock>;
let directory: Directory;
let pagerduty: PagerDutyDouble;
beforeEach(async () => {
  const workspace = await incidentWorkspace();
  ({ slack, clock } = workspace);
  pagerduty = await openPagerDutyDouble();
  const { schedule } = createSchedules({
    api: { token: API_TOKEN, baseUrl: pagerduty.base },
    policy: policySource(),
    log: tallyLog().log,
    now: clock.now,
  });
  directory = { ...workspace.directory, schedule };
});
afterEach(async () => {
  await slack.stop();
  await pagerduty.stop();
});

const page = (role: string, policy: PolicySource = policySource()) =>
  audienceOf({ directory, policy }, role, recordIn("requested"));

test("a page addresses the holders of the role, sorted by id", async () => {
  expect(await page("on-call-lead")).toMatchObject({ kind: "addressed", users: [DANA, LEE] });
  expect(await page("incident-commander")).toMatchObject({ kind: "addressed", users: [DANA] });
});

test("a page addresses neither the requester nor another account of the same person", async () => {
  slack.people.add({ id: "U0PRIYA2", name: "priya-admin" });
  slack.groups.set("S0LEADS", [PRIYA, "U0PRIYA2", LEE]);
  expect(await page("on-call-lead")).toMatchObject({ kind: "addressed", users: [LEE] });
});

test("a page leaves out guests, bots, deactivated and foreign accounts", async () => {
  slack.people.add({ id: "U0GUEST", name: "guest", guest: "single" });
  slack.people.add({ id: "U0BOT2", name: "bot", bot: true });
  slack.people.add({ id: "U0ZOE", name: "zoe", teamId: "T0ELSE", stranger: true });
  slack.people.update(LEE, { deactivated: true });
  slack.groups.set("S0LEADS", ["U0GUEST", "U0BOT2", "U0ZOE", LEE, DANA]);
  expect(await page("on-call-lead")).toMatchObject({ kind: "addressed", users: [DANA] });
});

test("a page fails for a role that only the requester holds or that the policy does not define", async () => {
  slack.groups.set("S0LEADS", [PRIYA]);
  expect(await page("on-call-lead")).toEqual({ kind: "failed", code: "nobody_holds_role" });
  expect(await page("no-such-role")).toEqual({ kind: "failed", code: "nobody_holds_role" });
});

describe("of a user group of 200", () => {
  const members = Array.from({ length: 200 }, (_, place) => `U0M${String(place).padStart(3, "0")}`);
  const policy = (role: string) =>
    policySource(policyOf(POLICY_TEXT.replace("on-call-lead: { slack_usergroup: S0LEADS }", `on-call-lead: ${role}`)));
  const lookups = () => slack.record.calls.filter(({ method }) => method === "users.info").length;
  const pageOf = (n: number, source: PolicySource = policySource()) =>
    audienceOf({ directory, policy: source }, "on-call-lead", { ...recordIn("requested"), n });
  beforeEach(() => {
    for (const id of members) slack.people.add({ id, name: id.toLowerCase() });
    slack.groups.set("S0LEADS", members);
    slack.record.clear();
  });

  test("a page addresses and looks up twenty, and counts the others", async () => {
    const audience = await pageOf(1);
    expect(audience).toMatchObject({ kind: "addressed", named: [], others: 180 });
    expect(audience.kind === "addressed" && audience.users).toHaveLength(20);
    expect(lookups()).toBe(20);
    expect(slack.record.calls.filter(({ method }) => method === "usergroups.users.list")).toHaveLength(1);
  });

  test("ten bypasses in a row address everyone once", async () => {
    const asked: string[] = [];
    for (let n = 1; n <= 10; n += 1) {
      const audience = await pageOf(n);
      if (audience.kind === "addressed") asked.push(...audience.users);
    }
    expect(asked.sort()).toEqual(members);
  });

  test("a page addresses whoever is listed or on call first, and in any case", async () => {
    const source = policy(`{ slack_usergroup: S0LEADS, slack_users: [${DANA}, ${LEE}] }`);
    const audience = await pageOf(1, source);
    expect(audience).toMatchObject({ kind: "addressed", named: [DANA, LEE], others: 182 });
    expect(audience.kind === "addressed" && audience.users.slice(0, 2)).toEqual([DANA, LEE]);
    expect(audience.kind === "addressed" && audience.users).toHaveLength(20);
  });

  test("a guest or a bot takes nobody's place", async () => {
    for (const id of members.slice(20, 35)) slack.people.update(id, { guest: "multi" });
    const audience = await pageOf(1);
    expect(audience.kind === "addressed" && audience.users).toHaveLength(20);
    expect(lookups()).toBe(35);
  });
});

test("a page waits while Slack is unreachable and goes out afterwards", async () => {
  await slack.faults.unreachable();
  expect(await page("on-call-lead")).toMatchObject({ kind: "later", code: "role_unread" });
  expect(await page("incident-commander")).toMatchObject({ kind: "later", code: "accounts_unread" });
  await slack.faults.reachable();
  expect(await page("on-call-lead")).toMatchObject({ kind: "addressed", users: [DANA, LEE] });
});

test("an account that cannot be looked up stays addressed and does not delay the page to the others", async () => {
  await page("incident-commander");
  slack.faults.set("users.info", { kind: "error", code: "internal_error" }, "always");
  clock.advance(60_000);
  expect(await page("on-call-lead")).toMatchObject({ kind: "addressed", users: [DANA, LEE] });
});

describe("a page to a role bound to a PagerDuty schedule", () => {
  const LEADS = "on-call-lead: { slack_usergroup: S0LEADS }";
  const text = (role: string, people = "") =>
    POLICY_TEXT.replace(LEADS, `on-call-lead: ${role}`).replace("people:\n", `people:\n${people}`);
  const audience = (role: string, people?: string) => page("on-call-lead", policySource(policyOf(text(role, people))));
  const LEE_ON_CALL = `  lee: { slack: [${LEE}], pagerduty: PLEE }\n`;

  test("addresses the accounts that the policy lists for the person on call, and nobody unlisted", async () => {
    pagerduty.onCall("P0LEADS", ["PLEE", "PSTRANGER"]);
    expect(await audience("{ pagerduty_schedule: P0LEADS }", LEE_ON_CALL)).toMatchObject({
      kind: "addressed",
      users: [LEE],
    });
  });

  test("waits while the schedule cannot be read, unless the role has another holder", async () => {
    pagerduty.fail({ status: 500 });
    expect(await audience("{ pagerduty_schedule: P0LEADS }", LEE_ON_CALL)).toMatchObject({
      kind: "later",
      code: "role_unread",
    });
    expect(await audience(`{ pagerduty_schedule: P0LEADS, slack_users: [${DANA}] }`)).toMatchObject({
      kind: "addressed",
      users: [DANA],
    });
  });
});
