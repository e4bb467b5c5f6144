import { afterEach, describe, expect, it } from "vitest";
import { bypassOfRecord } from "../../src/usecases/ports/bypass-ref.js";
import { ACCESS_KEY } from "../support/secrets.js";
import {
  declared,
  FORM,
  interaction,
  lastEphemeral,
  openTestApp,
  postAlert,
  type TestApp,
  told,
} from "../support/slack-app.js";
import { POLICY } from "../support/slack-people.js";

let testApp: TestApp;
afterEach(async () => {
  expect(testApp.slack.violations).toEqual([]);
  await testApp.close();
});

const reviewedByDba = { policy: POLICY.replace("alone_after: 10m }", "$&\n    review: { reviewer: dba }") };

const FILLED = {
  Verdict: "justified",
  "What Forced It": "real-emergency",
  "The Skipped Check": "passed-later",
  "What We Learned": "The certificate is checked every week from now on.",
} as const;

/** Presses Write Review of BG-1, which no message shows before the end. */
async function pressWriteReview(user: string): Promise<void> {
  const { identity } = bypassOfRecord(await testApp.record(1));
  const body = interaction({
    type: "block_actions",
    user: { id: user },
    trigger_id: "1.2.3",
    channel: { id: "C0INC" },
    actions: [{ action_id: "review_write", value: `BG-1@1#${identity}` }],
  });
  await testApp.slack.send(body, { ...FORM, ...testApp.slack.sign(body) });
}

/** Declares, approves and closes Ada's bypass; returns its alert, which asks for the review. */
async function closedBypass() {
  const alert = await postAlert(testApp, await declared(testApp));
  await testApp.slack.as("U0LEA").click(alert, "Approve");
  await testApp.slack.as("U0LOU").click(alert, "Approve");
  await testApp.sweep();
  await testApp.slack.as("U0ADA").click(alert, "Close");
  await testApp.sweep();
  return alert;
}

describe("Write Review", () => {
  it("opens no form while the bypass still waits for an approval", async () => {
    testApp = await openTestApp();
    await declared(testApp);
    await pressWriteReview("U0LEA");
    await told(testApp, "U0LEA", /^Not handed in: BG-1 is not over yet/);
    expect(testApp.slack.view("U0LEA")).toBeUndefined();
  });

  it("accepts a review from the reviewer's role, which may do nothing else on the path", async () => {
    testApp = await openTestApp(reviewedByDba);
    const alert = await closedBypass();
    await testApp.slack.as("U0DORA").click(alert, "Write Review");
    const answer = await testApp.slack.as("U0DORA").submit(FILLED);
    expect(answer.errors).toBeUndefined();
    const { state, entries } = await testApp.record(1);
    expect(state.review?.status).toBe("submitted");
    expect(entries.find(({ event }) => event.type === "review.submitted")).toMatchObject({
      actor: { user: "U0DORA" },
      event: { verdict: "justified" },
    });
  });

  it("shows everything of a refused review when it is opened again, but for an action with a secret", async () => {
    testApp = await openTestApp(reviewedByDba);
    const alert = await closedBypass();
    const dora = testApp.slack.as("U0DORA");
    await dora.click(alert, "Write Review");
    const refused = await dora.submit({ ...FILLED, Action: `Rotate ${ACCESS_KEY}.`, Owner: "U0LEA" });
    expect(refused.errors?.Action).toMatch(/holds a secret/);
    await dora.cancel();
    await dora.click(alert, "Write Review");
    const form = JSON.stringify(testApp.slack.view("U0DORA"));
    for (const kept of [FILLED["What We Learned"], "U0LEA"]) expect(form).toContain(kept);
    expect(form).not.toContain(ACCESS_KEY);
  });

  it("opens no form for an approver while others hold the reviewer's role", async () => {
    testApp = await openTestApp(reviewedByDba);
    await closedBypass();
    await pressWriteReview("U0LEA");
    await told(testApp, "U0LEA", /^Not handed in: you approved this bypass, and others hold the reviewer's role/);
    expect(testApp.slack.view("U0LEA")).toBeUndefined();
  });
});

describe("/breakglass show", () => {
  it("shows nothing to a person whose account cannot be checked", async () => {
    testApp = await openTestApp();
    await declared(testApp);
    await testApp.advance(16 * 60_000);
    testApp.slack.faults.set("users.info", { kind: "http", status: 500 }, "always");
    await testApp.slack.as("U0ADA").command("show BG-1");
    expect(lastEphemeral(testApp.slack, "U0ADA")).toMatch(/^Not shown: .*could not be checked/);
    expect(JSON.stringify(testApp.slack.ephemerals("U0ADA"))).not.toContain("Checkout");
  });
});
