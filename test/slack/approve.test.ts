import { afterEach, describe, expect, it } from "vitest";
import { bypassOfRecord } from "../../src/usecases/ports/bypass-ref.js";
import { ACCESS_KEY } from "../support/secrets.js";
import { declared, openTestApp, postAlert, type TestApp, told } from "../support/slack-app.js";

let testApp: TestApp;
afterEach(async () => {
  expect(testApp.slack.violations).toEqual([]);
  await testApp.close();
});

async function requested(): Promise<{ alert: { channel: string; ts: string } }> {
  testApp = await openTestApp();
  return { alert: await postAlert(testApp, await declared(testApp)) };
}

const state = async () => (await testApp.record(1)).state;
const modal = (user: string): string => {
  const view = testApp.slack.view(user);
  return view === undefined ? "" : testApp.slack.render(view);
};

describe("Approve", () => {
  it("counts each person once, and the second of two approvals makes the bypass active", async () => {
    const { alert } = await requested();
    await testApp.slack.as("U0LEA").click(alert, "Approve");
    expect(await state()).toMatchObject({ status: "requested", approvals: [{ user: "U0LEA" }] });
    await testApp.slack.as("U0LEA").click(alert, "Approve");
    expect(await told(testApp, "U0LEA", /approved it already/)).toContain("(1 of 2 so far)");
    await testApp.slack.as("U0LOU").click(alert, "Approve");
    expect(await state()).toMatchObject({ status: "active", approvals: [{ user: "U0LEA" }, { user: "U0LOU" }] });
    expect(testApp.slack.ephemerals("U0LOU")).toEqual([]);
  });

  it("is refused to the requester and names whom to ask", async () => {
    const { alert } = await requested();
    await testApp.slack.as("U0ADA").click(alert, "Approve");
    expect(await told(testApp, "U0ADA", /Not approved: you declared it/)).toContain("<!subteam^S0LEADS>");
    expect((await state()).approvals).toEqual([]);
  });

  it("is refused to a person without the role, to a guest, and to a person who cannot be checked", async () => {
    const { alert } = await requested();
    await testApp.slack.as("U0OTTO").click(alert, "Approve");
    expect(await told(testApp, "U0OTTO", /hold none of the roles/)).toContain("<!subteam^S0LEADS>");
    await testApp.slack.as("U0GUS").click(alert, "Approve", { force: true });
    await told(testApp, "U0GUS", /guests of this workspace/);
    await testApp.advance(16 * 60_000);
    testApp.slack.faults.set("users.info", { kind: "http", status: 500 }, "always");
    await testApp.slack.as("U0LEA").click(alert, "Approve");
    await told(testApp, "U0LEA", /could not be checked with Slack just now, so nothing was decided/);
    expect((await state()).approvals).toEqual([]);
  });

  it("on an outdated message says who settled the request and when", async () => {
    const { alert } = await requested();
    await testApp.slack.as("U0LOU").click(alert, "Deny");
    await testApp.slack.as("U0LOU").submit({ Reason: "Use the smoke tests." });
    await testApp.slack.as("U0LEA").click(alert, "Approve");
    const reply = await told(testApp, "U0LEA", /Not approved: BG-1 no longer waits for an answer/);
    expect(reply).toMatch(/Denied by <@U0LOU>.*<!date\^/);
  });

  it("does nothing for a button whose value was tampered with", async () => {
    testApp = await openTestApp();
    await declared(testApp);
    const { identity } = bypassOfRecord(await testApp.record(1));
    const other = identity.replace(/^./, (digit) => (digit === "0" ? "1" : "0"));
    const elsewhere = [`BG-1@1#${other}`, `BG-99@1#${identity}`];
    for (const value of ["BG-1", "BG-1@1", `BG-0@1#${identity}`, `BG-1@1#${identity};drop`, "", ...elsewhere]) {
      const payload = {
        type: "block_actions",
        user: { id: "U0LEA" },
        trigger_id: `t.${value}`,
        channel: { id: "C0INC" },
        actions: [{ action_id: "bypass_approve", value }],
      };
      const body = new URLSearchParams({ payload: JSON.stringify(payload) }).toString();
      await testApp.slack.send(body, {
        ...testApp.slack.sign(body),
        "content-type": "application/x-www-form-urlencoded",
      });
      await told(
        testApp,
        "U0LEA",
        elsewhere.includes(value)
          ? /a BG-\d+ that is not on record any more/
          : /could not be read, so nothing was done/,
      );
    }
    expect((await state()).approvals).toEqual([]);
  });
});

describe("Deny", () => {
  it("asks for a reason, records it, and closes the form without a message", async () => {
    const { alert } = await requested();
    await testApp.slack.as("U0LEA").click(alert, "Deny");
    expect(modal("U0LEA")).toContain("BG-1 will be denied for good");
    expect(testApp.slack.view("U0LEA")).toMatchObject({ title: "Deny BG-1", submit: "Deny" });
    await testApp.slack.as("U0LEA").submit({ Reason: "Use the smoke tests." });
    expect((await state()).status).toBe("denied");
    const { entries } = await testApp.record(1);
    expect(entries.find((entry) => entry.event.type === "bypass.denied")?.texts.reason).toBe("Use the smoke tests.");
    expect(testApp.slack.view("U0LEA")).toBeUndefined();
  });

  it("opens no modal for someone who may not deny, and says what they can do", async () => {
    const { alert } = await requested();
    await testApp.slack.as("U0ADA").click(alert, "Deny");
    await told(testApp, "U0ADA", /your own BG-1.*press Withdraw/);
    await testApp.slack.as("U0OTTO").click(alert, "Deny");
    await told(testApp, "U0OTTO", /Not denied: you hold none of the roles/);
    expect(testApp.slack.view("U0ADA")).toBeUndefined();
    expect(testApp.slack.view("U0OTTO")).toBeUndefined();
  });

  it("keeps the form open when the reason holds a secret", async () => {
    const { alert } = await requested();
    await testApp.slack.as("U0LEA").click(alert, "Deny");
    const answer = await testApp.slack.as("U0LEA").submit({ Reason: `use ${ACCESS_KEY}` });
    expect(answer.errors?.Reason).toMatch(/holds a secret/);
    expect((await state()).status).toBe("requested");
  });

  it("shows who settled the request while the reason was being written", async () => {
    const { alert } = await requested();
    await testApp.slack.as("U0LEA").click(alert, "Deny");
    await testApp.slack.as("U0LOU").click(alert, "Deny");
    await testApp.slack.as("U0LOU").submit({ Reason: "No." });
    await testApp.slack.as("U0LEA").submit({ Reason: "Neither." });
    expect(modal("U0LEA")).toMatch(/Not denied: BG-1 no longer waits.*Denied by @lou/s);
  });

  it("says that the request is settled before anything is typed", async () => {
    const { alert } = await requested();
    await testApp.slack.as("U0LEA").click(alert, "Approve");
    await testApp.slack.as("U0LOU").click(alert, "Approve");
    const oldAlert = testApp.slack.messages("C0INC").find((message) => message.ts === alert.ts);
    if (oldAlert === undefined) throw new Error("There is no alert.");
    await testApp.slack.as("U0LEA").click(alert, "Deny", { stale: oldAlert });
    expect(await told(testApp, "U0LEA", /Not denied: BG-1 no longer waits/)).toContain(
      "Approved by <@U0LEA> and <@U0LOU>",
    );
  });
});
