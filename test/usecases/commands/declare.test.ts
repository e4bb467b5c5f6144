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
  return testApp.breakglass.declare({ user: "U0ADA", origin: null }, declaration, `follows ${again.n}`);
}

test("a bypass follows an earlier one only if that one is on record", async () => {
  testApp = await openTestApp();
  await declared(testApp);
  const earlier = bypassOfRecord(await testApp.record(1));
  expect(await declaredAgain(earlier)).toMatchObject({ ok: true, record: { state: { again: 1 } } });
  expect(await declaredAgain({ ...earlier, n: 99 })).toMatchObject({ ok: false, refusal: { code: "other_bypass" } });
});

test("one person starts five drills within an hour, and declares any number of bypasses meanwhile", async () => {
  testApp = await openTestApp();
  const { Path: path, Gates: gates, Target: target, Incident: incident, Reason: reason } = GOOD;
  const form = { path, gates, target, incident, reason, duration: "60m", again: null } as const;
  const declare = (kind: "drill" | "bypass", id: number, user = "U0ADA"): Promise<Answer> =>
    testApp.breakglass.declare({ user, origin: null }, { kind, ...form }, `${kind} ${id} of ${user}`);
  for (let id = 1; id <= 5; id += 1) expect(await declare("drill", id)).toMatchObject({ ok: true });
  const first = (await testApp.record(1)).state.declaredAt;
  const at = new Date(Date.parse(first) + 60 * 60_000).toISOString();
  expect(await declare("drill", 6)).toMatchObject({ ok: false, refusal: { code: "drills_enough", limit: 5, at } });
  expect(await declare("drill", 1, "W0WENDY")).toMatchObject({ ok: true });
  for (let id = 1; id <= 20; id += 1) expect(await declare("bypass", id)).toMatchObject({ ok: true });
  await testApp.advance(61 * 60_000);
  expect(await declare("drill", 7)).toMatchObject({ ok: true });
});
