import { afterEach, expect, test } from "vitest";
import type { Answer } from "../../../src/usecases/api.js";
import { bypassOfRecord, type CarriedBypass } from "../../../src/usecases/ports/bypass-ref.js";
import { declared, GOOD, openTestApp, type TestApp } from "../../support/slack-app.js";

let testApp: TestApp;
afterEach(() => testApp.close());

/** Ada's next bypass, whose form names `again`. */
function declaredAgain(again: CarriedBypass): Promise<Answer> {
  const { Path: path, Gates: gates, Target: target, Incident: incident, Reason: reason } = GOOD;
  const declaration = { kind: "bypass", path, gates, target, incident, reason, duration: "60m", again } as const;
  return testApp.breakglass.declare({ user: "U0ADA" }, declaration, `follows ${again.n}`);
}

test("a bypass follows an earlier one only if that one is on record", async () => {
  testApp = await openTestApp();
  await declared(testApp);
  const earlier = bypassOfRecord(await testApp.record(1));
  expect(await declaredAgain(earlier)).toMatchObject({ ok: true, record: { state: { again: 1 } } });
  expect(await declaredAgain({ ...earlier, n: 99 })).toMatchObject({ ok: false, refusal: { code: "other_bypass" } });
});
