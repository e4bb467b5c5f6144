import { afterEach, expect, test } from "vitest";
import { REJECTABLE_FOR_MS } from "../../../src/domain/bypass/decide/reject-late.js";
import { typedBypass } from "../../../src/usecases/ports/bypass-ref.js";
import { declared, openTestApp, postAlert, type TestApp } from "../../support/slack-app.js";

let testApp: TestApp;
afterEach(() => testApp.close());

/** Ada's bypass, approved by Lea and Lou, after its hour and the time in which a no still counts. */
async function bypassPastItsEnd(): Promise<void> {
  testApp = await openTestApp();
  const alert = await postAlert(testApp, await declared(testApp));
  await testApp.slack.as("U0LEA").click(alert, "Approve");
  await testApp.slack.as("U0LOU").click(alert, "Approve");
  await testApp.advance(60 * 60_000 + REJECTABLE_FOR_MS + 60_000);
}

const revokedByLea = () =>
  testApp.breakglass.act(
    { user: "U0LEA", origin: null },
    typedBypass(1),
    { type: "revoke", reason: "The incident is over." },
    "late",
  );

test("a refusal past the end comes with the record for a person who may read its texts", async () => {
  await bypassPastItsEnd();
  expect(await revokedByLea()).toMatchObject({ ok: false, refusal: { code: "past_end" }, record: { n: 1 } });
});

test("a refusal past the end comes without the record for a person who lost the role meanwhile", async () => {
  await bypassPastItsEnd();
  testApp.before = async (call) => {
    if (call !== "record") return;
    testApp.slack.groups.set("S0LEADS", ["U0LOU"]);
    await testApp.advance(31_000);
  };
  expect(await revokedByLea()).toEqual({ ok: false, refusal: { code: "past_end" }, record: null });
});
