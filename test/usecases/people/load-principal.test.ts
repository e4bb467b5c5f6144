import { afterEach, expect, test } from "vitest";
import { declared, openTestApp, postAlert, type TestApp } from "../../support/slack-app.js";

const STEP_MS = 40_000;

let testApp: TestApp;
afterEach(() => testApp.close());

test("an approval while Slack is down names the time of the oldest reading that it rests on", async () => {
  testApp = await openTestApp();
  const { slack } = testApp;
  // The page reads Lea's account, and Lou's click reads the group of leads again.
  const alert = await postAlert(testApp, await declared(testApp));
  await testApp.advance(STEP_MS);
  await slack.as("U0LOU").click(alert, "Approve");
  await testApp.advance(STEP_MS);
  for (const method of ["users.info", "usergroups.users.list"])
    slack.faults.set(method, { kind: "http", status: 500 }, "always");
  await slack.as("U0LEA").click(alert, "Approve");
  const acks = (await testApp.record(1)).entries.flatMap(({ event, at }) =>
    event.type === "ack.given" ? [{ at: Date.parse(at), roleAsOf: event.roleAsOf }] : [],
  );
  const [lou, lea] = acks;
  expect((lou?.at ?? Number.NaN) - Date.parse(lea?.roleAsOf ?? "")).toBeGreaterThanOrEqual(STEP_MS);
});
