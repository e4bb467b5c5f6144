import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createSchedules, type Schedules } from "../../src/pagers/pagerduty-schedules.js";
import { tallyLog } from "../jobs/tally.js";
import { POLICY_TEXT, policyOf } from "../slack/messages/fixtures.js";
import { manualClock } from "../slack/workspace.js";
import { API_TOKEN, openPagerDutyDouble, type PagerDutyDouble } from "../support/pagers/pagerduty-double.js";

const MINUTE = 60_000;
const WITH_SCHEDULE = POLICY_TEXT.replace("slack_usergroup: S0LEADS", "pagerduty_schedule: P0LEADS").replace(
  "people:\n",
  "people:\n  dana: { slack: [U0DANA], pagerduty: PDANA }\n",
);

let pagerduty: PagerDutyDouble;
let clock: ReturnType<typeof manualClock>;
let text: string;
let tally: ReturnType<typeof tallyLog>;
let schedules: Schedules;
beforeEach(async () => {
  pagerduty = await openPagerDutyDouble();
  clock = manualClock();
  tally = tallyLog();
  text = WITH_SCHEDULE;
  schedules = schedulesWith({ token: API_TOKEN, baseUrl: pagerduty.base });
  pagerduty.onCall("P0LEADS", ["PDANA"]);
});
afterEach(() => pagerduty.stop());

const schedulesWith = (api: { token: string; baseUrl: string } | null): Schedules =>
  createSchedules({
    api,
    policy: { current: () => ({ policy: policyOf(text), hash: "" }) },
    log: tally.log,
    now: clock.now,
  });

describe("a PagerDuty schedule", () => {
  test("is read with PagerDuty's headers and parameters, and lists each person on call once", async () => {
    pagerduty.onCall("P0LEADS", ["PLEE", "PDANA", "PDANA"]);
    expect(await schedules.schedule("P0LEADS")).toEqual({
      users: ["PDANA", "PLEE"],
      asOf: new Date(clock.now()),
      stale: false,
    });
    expect(pagerduty.received).toHaveLength(1);
  });

  test("is read to its last page", async () => {
    const users = Array.from({ length: 250 }, (_, index) => `PU${1000 + index}`);
    pagerduty.onCall("P0LEADS", users);
    expect((await schedules.schedule("P0LEADS"))?.users).toEqual(users);
    expect(pagerduty.received).toHaveLength(3);
  });

  test("is read once for simultaneous clicks, and not again within 30 seconds", async () => {
    await Promise.all(Array.from({ length: 20 }, () => schedules.schedule("P0LEADS")));
    clock.advance(30_000);
    await schedules.schedule("P0LEADS");
    expect(pagerduty.received).toHaveLength(1);
    pagerduty.onCall("P0LEADS", ["PLEE"]);
    clock.advance(1);
    expect((await schedules.schedule("P0LEADS"))?.users).toEqual(["PLEE"]);
  });

  test("that cannot be read falls back to a reading of 14 minutes ago, marked stale, but not to one of 16 minutes ago", async () => {
    const read = await schedules.schedule("P0LEADS");
    pagerduty.fail({ status: 500 });
    clock.advance(14 * MINUTE);
    expect(await schedules.schedule("P0LEADS")).toEqual({ users: ["PDANA"], asOf: read?.asOf, stale: true });
    clock.advance(2 * MINUTE);
    expect(await schedules.schedule("P0LEADS")).toBeNull();
    pagerduty.fail(null);
    expect(await schedules.schedule("P0LEADS")).toMatchObject({ users: ["PDANA"], stale: false });
  });

  test("is null when PagerDuty does not answer within 1.5 seconds", async () => {
    pagerduty.fail("hang");
    const began = performance.now();
    expect(await schedules.schedule("P0LEADS")).toBeNull();
    expect(performance.now() - began).toBeLessThan(2_500);
  });

  test("is null for a wrong token, a redirect, or an answer in another format", async () => {
    const wrong = schedulesWith({ token: "another-token", baseUrl: pagerduty.base });
    expect(await wrong.schedule("P0LEADS")).toBeNull();
    expect(wrong.refusal()).toEqual({ code: "http_401", needed: null });
    expect(schedules.refusal()).toBeNull();
    for (const fault of [{ status: 302 }, { status: 200, json: { ok: true } }, { status: 204 }]) {
      pagerduty.fail(fault);
      expect(await schedules.schedule("P0LEADS")).toBeNull();
    }
  });

  test("that PagerDuty does not know has nobody on call and is reported", async () => {
    text = WITH_SCHEDULE.replace("P0LEADS", "P0GONE");
    expect(await schedules.schedule("P0GONE")).toMatchObject({ users: [], stale: false });
    expect(await schedules.trouble()).toEqual(["unknown_schedules: P0GONE"]);
  });
});

describe("the trouble reported about schedules", () => {
  test("is empty while the policy lists everybody on call, and a policy without schedules sends no request", async () => {
    expect(await schedules.trouble()).toEqual([]);
    text = POLICY_TEXT;
    clock.advance(MINUTE);
    expect(await schedules.trouble()).toEqual([]);
    expect(pagerduty.received).toHaveLength(1);
    expect(tally.lines.seen).toEqual([]);
  });

  test("names a missing token when the policy names a schedule", async () => {
    expect(await schedulesWith(null).trouble()).toEqual(["pagerduty_token_missing"]);
    expect(await schedulesWith(null).schedule("P0LEADS")).toBeNull();
    text = POLICY_TEXT;
    expect(await schedulesWith(null).trouble()).toEqual([]);
  });

  test("names a schedule that cannot be read now", async () => {
    await schedules.trouble();
    pagerduty.fail("hang_up");
    clock.advance(MINUTE);
    expect(await schedules.trouble()).toEqual(["schedules_unread: P0LEADS"]);
  });

  test("names people on call whom the policy does not list, and logs them once per change", async () => {
    const logged = () => tally.lines.seen.map(({ event, fields }) => [event, fields.users]);
    pagerduty.onCall("P0LEADS", ["PSTRANGER", "PDANA", "PALIEN"]);
    for (let check = 0; check < 3; check += 1) {
      expect(await schedules.trouble()).toEqual(["on_call_unbound: PALIEN PSTRANGER"]);
      clock.advance(MINUTE);
    }
    expect(logged()).toEqual([["policy.on_call_unbound", ["PALIEN", "PSTRANGER"]]]);
    pagerduty.onCall("P0LEADS", ["PDANA"]);
    expect(await schedules.trouble()).toEqual([]);
    clock.advance(MINUTE);
    pagerduty.onCall("P0LEADS", ["PSTRANGER"]);
    await schedules.trouble();
    await schedules.trouble();
    expect(logged()).toHaveLength(2);
    text = WITH_SCHEDULE.replace("PDANA", "PSTRANGER");
    expect(await schedules.trouble()).toEqual([]);
  });
});

test("the PagerDuty token never appears in logs or errors", async () => {
  pagerduty.onCall("P0LEADS", ["PSTRANGER"]);
  await schedules.trouble();
  pagerduty.fail({ status: 401, json: { error: API_TOKEN } });
  clock.advance(16 * MINUTE);
  expect(await schedules.trouble()).toEqual(["pagerduty_token: http_401", "schedules_unread: P0LEADS"]);
  expect(JSON.stringify(tally.lines.seen)).not.toContain(API_TOKEN);
});
