import { afterEach, describe, expect, it } from "vitest";
import { asTyped } from "../../src/slack/interactions/log-line.js";
import { bypassOfRecord } from "../../src/usecases/ports/bypass-ref.js";
import { ACCESS_KEY } from "../support/secrets.js";
import {
  declared,
  directWith,
  FORM,
  interaction,
  lastEphemeral,
  openTestApp,
  postAlert,
  type TestApp,
  told,
} from "../support/slack-app.js";

let testApp: TestApp;
afterEach(async () => {
  expect(testApp.slack.violations).toEqual([]);
  await testApp.close();
});

const state = async () => (await testApp.record(1)).state;
const modal = (user: string): string => {
  const view = testApp.slack.view(user);
  return view === undefined ? "" : testApp.slack.render(view);
};

async function requested() {
  testApp = await openTestApp();
  return postAlert(testApp, await declared(testApp));
}

async function active() {
  const alert = await requested();
  await testApp.slack.as("U0LEA").click(alert, "Approve");
  await testApp.slack.as("U0LOU").click(alert, "Approve");
  return postAlert(testApp, 1);
}

/** Presses a button of BG-1 that no message shows to this person. */
async function press(user: string, actionId: string): Promise<void> {
  const { identity } = bypassOfRecord(await testApp.record(1));
  const body = interaction({
    type: "block_actions",
    user: { id: user },
    trigger_id: `t.${actionId}`,
    channel: { id: "C0INC" },
    actions: [{ action_id: actionId, value: `BG-1@1#${identity}` }],
  });
  await testApp.slack.send(body, { ...FORM, ...testApp.slack.sign(body) });
}

/** Channel and timestamp of the alert of an active bypass. */
async function thread() {
  await active();
  const { alert } = await state();
  if (alert === null || "failed" in alert) throw new Error("There is no alert.");
  return alert;
}

describe("Withdraw", () => {
  it("withdraws the request for its requester, and for nobody else", async () => {
    await requested();
    await press("U0LEA", "bypass_withdraw");
    await told(testApp, "U0LEA", /Not withdrawn: only <@U0ADA>, who declared it, can do that.*can press Deny/);
    await testApp.slack.as("U0ADA").click(directWith(testApp, "U0ADA", "Withdraw"), "Withdraw");
    expect((await state()).status).toBe("withdrawn");
  });
});

describe("Proceed Alone", () => {
  it("names the time from which it is allowed, before anything is typed", async () => {
    await requested();
    await testApp.slack.as("U0ADA").click(directWith(testApp, "U0ADA", "Proceed Alone"), "Proceed Alone");
    const opens = Math.floor(Date.parse((await state()).declaredAt) / 1000) + 600;
    expect(await told(testApp, "U0ADA", /others still have time to answer/)).toContain(`<!date^${opens}^`);
    expect(testApp.slack.view("U0ADA")).toBeUndefined();
  });

  it("accepts only BREAK GLASS in capitals, and then makes the bypass active as unapproved", async () => {
    await requested();
    await testApp.advance(11 * 60_000);
    await testApp.slack.as("U0ADA").click(directWith(testApp, "U0ADA", "Proceed Alone"), "Proceed Alone");
    expect(modal("U0ADA")).toContain("Type BREAK GLASS");
    const wrong = await testApp.slack.as("U0ADA").submit({ "Type BREAK GLASS": "break glass" });
    expect(wrong.errors?.["Type BREAK GLASS"]).toMatch(/in capitals/);
    expect((await state()).status).toBe("requested");
    await testApp.slack.as("U0ADA").submit({ "Type BREAK GLASS": "BREAK GLASS" });
    expect(await state()).toMatchObject({ status: "active", grant: { approved: false } });
  });
});

describe("Close", () => {
  it("ends the bypass for its requester and points others to Revoke", async () => {
    const alert = await active();
    await testApp.slack.as("U0LEA").click(alert, "Close");
    await told(testApp, "U0LEA", /Not closed: only <@U0ADA>.*can press Revoke/);
    await testApp.slack.as("U0ADA").click(alert, "Close");
    expect((await state()).status).toBe("closed");
    await testApp.slack.as("U0ADA").click(alert, "Close");
    await told(testApp, "U0ADA", /Not closed: BG-1 is not active\..*Closed by <@U0ADA>/);
  });

  it("works as a command and replies with the state of the bypass", async () => {
    await active();
    await testApp.slack.as("U0ADA").command("close bg-1");
    expect(lastEphemeral(testApp.slack, "U0ADA")).toMatch(/Closed by <@U0ADA>.*BG-1 is closed/);
    await testApp.slack.as("U0ADA").command("close");
    expect(lastEphemeral(testApp.slack, "U0ADA")).toMatch(/Not closed: say which bypass/);
    await testApp.slack.as("U0ADA").command("close BG-7");
    expect(lastEphemeral(testApp.slack, "U0ADA")).toMatch(/Not closed: there is no BG-7/);
  });

  it("says after the end that the time is over", async () => {
    const alert = await active();
    await testApp.advance(61 * 60_000);
    await testApp.slack.as("U0ADA").click(alert, "Close");
    await told(testApp, "U0ADA", /Not closed: (its time is over|BG-1 is not active)/);
    expect((await state()).status).toBe("expired");
  });
});

describe("Revoke", () => {
  it("asks for a reason and ends the bypass", async () => {
    const alert = await active();
    await testApp.slack.as("U0LEA").click(alert, "Revoke");
    expect(modal("U0LEA")).toContain("BG-1 will end at once");
    await testApp.slack.as("U0LEA").submit({ Reason: "The incident is over." });
    expect(await state()).toMatchObject({ status: "revoked", by: { user: "U0LEA" } });
  });

  it("points the requester to Close, and opens no form while the bypass is only requested", async () => {
    const alert = await active();
    await testApp.slack.as("U0ADA").click(alert, "Revoke");
    await told(testApp, "U0ADA", /your own BG-1.*press Close/);
    await testApp.close();
    await requested();
    await press("U0LEA", "bypass_revoke");
    await told(testApp, "U0LEA", /Not revoked: BG-1 is not active: it still waits for an ack/);
  });
});

describe("/breakglass log and log: replies", () => {
  const lines = async () =>
    (await testApp.record(1)).entries.flatMap(({ event, texts }) =>
      event.type === "bypass.logged" ? [[event.via, texts.line]] : [],
    );

  it("a command records the line as typed", async () => {
    await active();
    await testApp.slack.as("U0ADA").command("log BG-1  restarted   the <queue> & waited");
    expect(lastEphemeral(testApp.slack, "U0ADA")).toBe("Logged to BG-1.");
    expect(await lines()).toEqual([["command", "restarted   the <queue> & waited"]]);
  });

  it.each(["log BG\u20131 done", "log BG-1: done", "log: bg 1 \u2014 done", "Log. #BG-1, done", "log BG1 done"])(
    "%j is understood as a phone types it",
    async (text) => {
      await active();
      await testApp.slack.as("U0ADA").command(text);
      expect(lastEphemeral(testApp.slack, "U0ADA")).toBe("Logged to BG-1.");
      expect(await lines()).toEqual([["command", "done"]]);
    },
  );

  it.each(["log", "log BG-1", "log restarted the queue"])(
    "`%s` without all its parts asks for what is missing",
    async (text) => {
      await requested();
      await testApp.slack.as("U0ADA").command(text);
      expect(lastEphemeral(testApp.slack, "U0ADA")).toMatch(/Not logged: say which bypass and what was done/);
      expect(await lines()).toEqual([]);
    },
  );

  it("a reply in the alert's thread that starts with log: is recorded and confirmed in the thread", async () => {
    const alert = await thread();
    await testApp.slack
      .as("U0LEA")
      .say("C0INC", "Log: switched &lt;blue&gt; to <https://x.example/a|x.example/a>", alert.ts);
    await told(testApp, "U0LEA", /^Logged to BG-1\.$/);
    expect(testApp.slack.ephemerals("U0LEA").at(-1)?.thread_ts).toBe(alert.ts);
    expect(await lines()).toEqual([["thread", "switched <blue> to https://x.example/a"]]);
  });

  it("a log: reply that is also sent to the channel is recorded", async () => {
    const alert = await thread();
    const event = {
      type: "message",
      subtype: "thread_broadcast",
      channel: "C0INC",
      ts: "9.1",
      thread_ts: alert.ts,
      user: "U0LEA",
      text: "log: rolled back",
    };
    await testApp.slack.event(event);
    await told(testApp, "U0LEA", /^Logged to BG-1\.$/);
    expect(await lines()).toEqual([["thread", "rolled back"]]);
  });

  it("other words, other threads, messages in the channel, bots and edits are ignored", async () => {
    const alert = await thread();
    const lea = testApp.slack.as("U0LEA");
    await lea.say("C0INC", "the log: it grows", alert.ts);
    await lea.say("C0INC", "log: not in a thread");
    const other = await lea.say("C0INC", "another talk");
    await lea.say("C0INC", "log: elsewhere", other.message.ts);
    const base = {
      type: "message",
      channel: "C0INC",
      channel_type: "channel",
      ts: "9.1",
      thread_ts: alert.ts,
      user: "U0LEA",
      text: "log: by a bot",
    };
    await testApp.slack.event({ ...base, bot_id: "B1" });
    await testApp.slack.event({ ...base, subtype: "message_changed" });
    await testApp.slack.event({ ...base, user: "USLACKBOT", subtype: "bot_message" });
    await testApp.slack.settled();
    expect(await lines()).toEqual([]);
    expect(testApp.slack.ephemerals("U0LEA")).toEqual([]);
  });

  it("an outsider, a secret and an empty line are refused, and nothing is recorded", async () => {
    const alert = await thread();
    await testApp.slack.as("U0OTTO").say("C0INC", "log: I was here", alert.ts);
    await told(testApp, "U0OTTO", /Not logged: you hold none of the roles/);
    await testApp.slack.as("U0LEA").say("C0INC", `log: ${ACCESS_KEY}`, alert.ts);
    await told(testApp, "U0LEA", /Not logged: the text holds a secret \(AWS access token\)/);
    await testApp.slack.as("U0LEA").say("C0INC", "log:", alert.ts);
    await told(testApp, "U0LEA", /write a sentence or two first/);
    expect(await lines()).toEqual([]);
  });

  it("asTyped turns Slack's markup back into what the person typed", () => {
    expect(asTyped("<@U0ADA> &amp; <#C1|ops> <!here> <!subteam^S1|@leads> <mailto:a@b.c|a@b.c> &amp;lt;")).toBe(
      "@U0ADA & #ops @here @leads a@b.c &lt;",
    );
  });
});
