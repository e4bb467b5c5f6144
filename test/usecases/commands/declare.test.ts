import { afterEach, expect, test } from "vitest";
import { declared, GOOD, openTestApp, type TestApp } from "../../support/slack-app.js";

let testApp: TestApp;
afterEach(() => testApp.close());

/** Which earlier bypass Ada's next one follows on record when its form names `again`. */
async function followsOnRecord(again: number): Promise<number | null> {
  const { Path: path, Gates: gates, Target: target, Incident: incident, Reason: reason } = GOOD;
  const declaration = { kind: "bypass", path, gates, target, incident, reason, duration: "60m", again } as const;
  const answer = await testApp.breakglass.declare({ user: "U0ADA" }, declaration, `follows ${again}`);
  if (!answer.ok) throw new Error(`Not declared: ${answer.refusal.code}`);
  return answer.record.state.again;
}

test("a bypass follows an earlier one only if there is such a bypass", async () => {
  testApp = await openTestApp();
  await declared(testApp);
  expect(await followsOnRecord(1)).toBe(1);
  expect(await followsOnRecord(99)).toBeNull();
});
