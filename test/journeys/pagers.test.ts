import postgres from "postgres";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { CAST, INCIDENTS } from "../../demo/cast.js";
import { createLogger } from "../../src/lib/logger.js";
import { type Journey, openJourney } from "../support/journey/journey.js";
import { FOUR_PATHS, type PolicyOnDisk, policyOnDisk } from "../support/journey/policies.js";
import {
  API_TOKEN,
  openPagerDutyDouble,
  type PagerDutyDouble,
  ROUTING_KEY,
} from "../support/pagers/pagerduty-double.js";
import { openSplunkDouble, type SplunkDouble } from "../support/pagers/splunk-double.js";

/** Lee is incident commander while on call in PagerDuty's schedule. */
const POLICY = FOUR_PATHS.replace(
  "incident-commander: { slack_users: [U0LEE] }",
  "incident-commander: { pagerduty_schedule: P0COMMAND }",
).replace("people:\n", "people:\n  lee: { slack: [U0LEE], pagerduty: PLEE }\n");
const ESCALATION = { Path: "escalation", Gates: ["e2e-suite"] };

let on: Journey;
let pagerduty: PagerDutyDouble;
let splunk: SplunkDouble;
let policy: PolicyOnDisk;
const log: string[] = [];
beforeAll(async () => {
  [pagerduty, splunk, policy] = await Promise.all([openPagerDutyDouble(), openSplunkDouble(), policyOnDisk(POLICY)]);
  pagerduty.onCall("P0COMMAND", ["PLEE"]);
  const stream = { write: (line: string) => void log.push(line) };
  on = await openJourney({
    policyFile: policy.file,
    overrides: { log: createLogger({ level: "debug", stream }) },
    env: {
      PAGERDUTY_ROUTING_KEY: ROUTING_KEY,
      PAGERDUTY_EVENTS_URL: pagerduty.base,
      PAGERDUTY_API_TOKEN: API_TOKEN,
      PAGERDUTY_API_URL: pagerduty.base,
      SPLUNK_ONCALL_URL: splunk.address,
    },
  });
});
afterEach(async () => {
  await on.endsWell();
  expect(pagerduty.refused).toEqual([]);
  expect(splunk.refused).toEqual([]);
});
afterAll(async () => {
  await on.close();
  await Promise.all([pagerduty.stop(), splunk.stop(), policy.remove()]);
});

const ofBypass = (n: number) => pagerduty.incidents.find(({ key }) => key.endsWith(`-BG-${n}`));
/** Polls, because `/readyz` caches a reading for a second. */
const degraded = () => expect.poll(async () => JSON.parse((await on.get("/readyz")).body).degraded, { timeout: 5_000 });

/** The acks in the trail that rest on a stale reading. */
async function staleAcks(): Promise<string[]> {
  const sql = postgres(on.testApp.database.adminUrl, { max: 1, fetch_types: false });
  const rows = await sql<{ body: string }[]>`SELECT body FROM breakglass.trail WHERE body LIKE '%"ack.given"%'`;
  await sql.end({ timeout: 1 });
  return rows.map(({ body }) => body).filter((body) => !body.includes('"roleAsOf":null'));
}

describe("A declaration", () => {
  it("notifies PagerDuty with a link to its alert; the approval acknowledges and the close resolves the incident", async () => {
    await on.priya.declares(ESCALATION);
    const { ts } = await on.alert("BG-1");
    await on.allIsDelivered();
    expect(ofBypass(1)).toMatchObject({ status: "triggered", triggers: 1 });
    expect(ofBypass(1)?.key).toMatch(/^breakglass-[0-9a-f]{12}-[0-9a-f]{12}-BG-1$/);
    expect(ofBypass(1)?.links).toEqual([
      expect.stringMatching(new RegExp(`/archives/${INCIDENTS}/p${ts.replace(".", "")}$`)),
    ]);
    await on.noor.approves("BG-1");
    await on.allIsDelivered();
    expect(ofBypass(1)?.status).toBe("acknowledged");
    await on.priya.presses("Close", "BG-1");
    await on.alertSays("BG-1", "BG-1 closed");
    await on.allIsDelivered();
    expect(ofBypass(1)?.status).toBe("resolved");
    expect(splunk.incidents).toMatchObject([{ key: ofBypass(1)?.key, status: "resolved", links: ofBypass(1)?.links }]);
    const record = await on.dana.types("show BG-1");
    for (const pager of ["pagerduty", "splunk-oncall"]) {
      expect(record).toContain(`${pager} was notified`);
      expect(record).toContain(`${pager} was told of the ack`);
      expect(record).toContain(`${pager} was told of the end`);
    }
  });

  it("also asks in Slack, and each escalation updates the same incident; a Deny resolves it", async () => {
    await on.priya.declares(ESCALATION);
    await on.dana.getsMessage("BG-2", "[Approve]");
    await on.minutesPass(6);
    await on.lee.getsMessage("BG-2", "[Approve]");
    await on.allIsDelivered();
    expect(ofBypass(2)).toMatchObject({ status: "triggered", triggers: 2 });
    expect(ofBypass(2)?.summary).toContain("escalated to: incident-commander");
    await on.lee.denies("BG-2", "Use the feature flag.");
    await on.alertSays("BG-2", "BG-2 denied");
    await on.allIsDelivered();
    expect(ofBypass(2)?.status).toBe("resolved");
  });
});

describe("An outage of PagerDuty", () => {
  it("is shown in the alert and the thread until PagerDuty is back and the page goes out", async () => {
    pagerduty.fail({ status: 503 });
    await on.priya.declares(ESCALATION);
    await on.alert("BG-3");
    await on.minutesPass(0.5);
    await on.alertSays("BG-3", "Could not be paged", "pagerduty: http_503");
    await on.threadSays("BG-3", "could not page");
    await degraded().toContain("pagers: pagerduty");
    expect(splunk.incidents.at(-1)).toMatchObject({ status: "triggered" });
    pagerduty.fail(null);
    await on.minutesPass(0.5);
    await on.allIsDelivered();
    expect(ofBypass(3)).toMatchObject({ status: "triggered", triggers: 1 });
    const alert = await on.alert("BG-3");
    expect(on.slack.render(alert)).not.toContain("Could not be paged");
    await degraded().toEqual([]);
    const record = await on.dana.types("show BG-3");
    expect(record).toContain("page by pagerduty failed (http_503) for on-call-lead");
    expect(record).toContain("pagerduty was notified");
    await on.priya.presses("Withdraw", "BG-3");
    await on.allIsDelivered();
    expect(ofBypass(3)?.status).toBe("resolved");
  });

  it("that outlasts a bypass pages nobody for it afterwards and leaves nothing waiting", async () => {
    pagerduty.fail({ status: 403, json: { status: "forbidden", message: ROUTING_KEY } });
    await on.priya.declares(ESCALATION);
    await on.alertSays("BG-4", "Could not be paged", "pagerduty: http_403 forbidden");
    await on.noor.approves("BG-4");
    await on.alertSays("BG-4", "BG-4 active");
    await on.priya.presses("Close", "BG-4");
    await on.minutesPass(1);
    await on.allIsDelivered();
    pagerduty.fail(null);
    expect(ofBypass(4)).toBeUndefined();
  });
});

describe("A role from a schedule", () => {
  it("is held by whoever is on call, or by the last reading during an outage, which the trail records", async () => {
    await on.priya.declares({ Path: "two", Gates: ["two-approvals"] });
    await on.alert("BG-5");
    pagerduty.onCall("P0COMMAND", []);
    await on.minutesPass(1);
    await on.lee.approves("BG-5", "alert");
    await on.lee.isTold("Not approved");
    pagerduty.onCall("P0COMMAND", ["PLEE", "PSTRANGER"]);
    await on.minutesPass(1);
    await degraded().toEqual(["on_call_unbound: PSTRANGER"]);
    const asOf = pagerduty.received.length;
    pagerduty.fail("hang_up");
    await on.minutesPass(1);
    await on.lee.approves("BG-5", "alert");
    await on.alertSays("BG-5", "1 of 2 ack");
    expect(pagerduty.received.length).toBeGreaterThan(asOf);
    expect(await staleAcks()).toHaveLength(1);
    await on.minutesPass(16);
    await on.lee.approves("BG-5", "alert");
    await on.lee.isTold("PagerDuty could not say just now who is on call");
    pagerduty.fail({ status: 401 });
    await on.minutesPass(1);
    await on.lee.approves("BG-5", "alert");
    await on.lee.isTold("PagerDuty refuses to say who is on call (http_401)");
    await degraded().toEqual(["pagerduty_token: http_401", "schedules_unread: P0COMMAND"]);
    pagerduty.fail(null);
    pagerduty.onCall("P0COMMAND", ["PLEE"]);
    await on.priya.presses("Withdraw", "BG-5");
    await on.minutesPass(1);
    await degraded().toEqual([]);
    expect(log.filter((line) => line.includes("policy.on_call_unbound"))).toHaveLength(1);
  });
});

it("no key appears in the log or in any message", async () => {
  const seen = [...on.slack.messages(INCIDENTS), ...Object.values(CAST).flatMap((id) => on.slack.inbox(id))];
  const all = `${log.join("\n")}${JSON.stringify(seen)}`;
  expect(log.filter((line) => line.includes('"level":"error"'))).toEqual([]);
  expect(all).toContain("http_403");
  for (const secret of [ROUTING_KEY, API_TOKEN, splunk.address, "secretkey001"]) expect(all).not.toContain(secret);
});
