import { connect } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { charts } from "../../src/charts/charts.js";
import { BUTTONS, VIEWS } from "../../src/slack/actions.js";
import { createSlackApp } from "../../src/slack/app.js";
import { createWebClient } from "../../src/slack/delivery/web-client.js";
import {
  commandBody,
  declared,
  FINE,
  FORM,
  gate,
  interaction,
  lastEphemeral,
  openTestApp,
  postAlert,
  type TestApp,
  told,
} from "../support/slack-app.js";

const ACTIONS: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(BUTTONS).map(([name, { id }]) => [name, id]),
);

let testApp: TestApp;
afterEach(async () => {
  await testApp.close();
});

describe("a request without a handler", () => {
  const person = { user: { id: "U0ADA" }, team: { id: "T1" }, trigger_id: "1.2.3" };

  it.each<[string, object]>([
    ["a button", { type: "block_actions", ...person, actions: [{ action_id: "old_button", value: "x" }] }],
    ["a shortcut", { type: "shortcut", ...person, callback_id: "old" }],
    ["a message shortcut", { type: "message_action", ...person, callback_id: "old", channel: { id: "C0INC" } }],
    ["a closed form", { type: "view_closed", ...person, view: { id: "V1", callback_id: "old" } }],
    ["a menu's options", { type: "block_suggestion", ...person, action_id: "old", value: "" }],
    ["an unknown kind of request", { type: "something_new", ...person }],
  ])("%s is answered with 200", async (_what, payload) => {
    testApp = await openTestApp();
    const body = interaction(payload);
    expect(await testApp.slack.send(body, { ...FORM, ...testApp.slack.sign(body) })).toMatchObject({ status: 200 });
  });

  it("an unknown form gets an error under its last input", async () => {
    testApp = await openTestApp();
    const blocks = [
      { type: "section", block_id: "s" },
      { type: "input", block_id: "why" },
    ];
    const body = interaction({
      type: "view_submission",
      ...person,
      view: { id: "V1", hash: "1.a", callback_id: "old", state: { values: {} }, blocks },
    });
    const answer = await testApp.slack.send(body, { ...FORM, ...testApp.slack.sign(body) });
    expect(JSON.parse(answer.body)).toMatchObject({
      response_action: "errors",
      errors: { why: expect.stringContaining("nothing was done") },
    });
  });

  it("an unknown button tells the presser that the app does not know it", async () => {
    testApp = await openTestApp();
    const web = createWebClient({ token: testApp.slack.botToken, apiUrl: testApp.slack.apiUrl, timeoutMs: 2000 });
    const button = {
      type: "button" as const,
      action_id: "old_button",
      text: { type: "plain_text" as const, text: "Old" },
      value: "BG-1@1",
    };
    const posted = await web.chat.postMessage({
      channel: "C0INC",
      text: "old",
      blocks: [{ type: "actions", elements: [button] }],
    });
    await testApp.slack.as("U0LEA").click({ channel: "C0INC", ts: posted.ts ?? "" }, "Old");
    await told(testApp, "U0LEA", /does not know that button/);
  });

  it("a foreign slash command is answered and nothing is done", async () => {
    testApp = await openTestApp();
    const body = commandBody("", "/other");
    const answer = await testApp.slack.send(body, { ...FORM, ...testApp.slack.sign(body) });
    expect(answer).toMatchObject({ status: 200 });
    expect(answer.body).toContain("nothing was done");
  });

  it("an event without a listener is acknowledged, so that Slack does not send it again", async () => {
    testApp = await openTestApp();
    expect(await testApp.slack.event({ type: "channel_created", channel: { id: "C1" } })).toMatchObject({
      status: 200,
    });
  });
});

describe("the handlers", () => {
  it("every action and view id has exactly one handler", async () => {
    testApp = await openTestApp();
    expect(Object.keys(testApp.app.handlers.actions).sort()).toEqual(Object.values(ACTIONS).sort());
    expect(Object.keys(testApp.app.handlers.views).sort()).toEqual(Object.values(VIEWS).sort());
  });

  it.each(Object.values(ACTIONS))("the button %s reaches its handler", async (id) => {
    testApp = await openTestApp();
    const body = interaction({
      type: "block_actions",
      user: { id: "U0ADA" },
      trigger_id: "1.2.3",
      channel: { id: "C0INC" },
      actions: [{ action_id: id, value: "tampered" }],
    });
    await testApp.slack.send(body, { ...FORM, ...testApp.slack.sign(body) });
    // A link does nothing. Buttons of the Home carry no value; their form fails because this trigger is not valid.
    const reply = id.startsWith("home_") ? /did not open the form/ : /could not be read/;
    if (id !== ACTIONS.link) await told(testApp, "U0ADA", reply);
    expect(testApp.logs.filter((line) => line.event === "slack.nobody_listens")).toEqual([]);
  });

  it.each(Object.values(VIEWS))("the form %s reaches its handler", async (id) => {
    testApp = await openTestApp();
    const body = interaction({
      type: "view_submission",
      user: { id: "U0ADA" },
      view: { id: "V1", hash: "1.a", callback_id: id, state: { values: {} }, blocks: [] },
    });
    const answer = await testApp.slack.send(body, { ...FORM, ...testApp.slack.sign(body) });
    expect(answer.body).toContain("could not be read");
  });

  it("a user_change event makes the directory forget the account", async () => {
    testApp = await openTestApp();
    await testApp.slack.event({ type: "user_change", user: { id: "U0LEA", deleted: true } });
    expect(testApp.forgotten).toEqual(["U0LEA"]);
  });
});

describe("starting and stopping", () => {
  it("stop waits for running listeners and refuses requests that arrive meanwhile", async () => {
    testApp = await openTestApp();
    await declared(testApp);
    const alert = await postAlert(testApp, 1);
    const slow = gate();
    const entered = gate();
    testApp.before = async (call) => {
      if (call !== "commit") return;
      entered.open();
      await slow.wait;
    };
    const press = testApp.slack.as("U0LEA").click(alert, "Approve");
    await entered.wait;
    const stopped = testApp.app.stop(2000);
    const late = await testApp.slack.as("U0LOU").click(alert, "Approve");
    expect(late.status).not.toBe(200);
    slow.open();
    expect((await press).status).toBe(200);
    expect(await stopped).toBe(0);
    expect((await testApp.record(1)).state.approvals).toHaveLength(1);
  });

  it("a request whose first half arrived before the stop gets 503", async () => {
    testApp = await openTestApp();
    await declared(testApp);
    const alert = await postAlert(testApp, 1);
    const entered = gate();
    const slow = gate();
    testApp.before = async (call) => {
      if (call !== "commit") return;
      entered.open();
      await slow.wait;
    };
    const body = commandBody("close BG-1");
    const headers = Object.entries({ ...FORM, ...testApp.slack.sign(body), "content-length": String(body.length) });
    const lines = headers.map(([name, value]) => `${name}: ${value}`).join("\r\n");
    const socket = connect(testApp.port, "127.0.0.1");
    await new Promise<void>((resolve) => socket.write("POST /slack/events HTTP/1.1\r\nhost: x\r\n", () => resolve()));
    const press = testApp.slack.as("U0LEA").click(alert, "Approve");
    await entered.wait;
    const stopped = testApp.app.stop(2000);
    socket.write(`${lines}\r\n\r\n${body}`);
    const answer = await new Promise<string>((resolve) => socket.once("data", (bytes) => resolve(String(bytes))));
    expect(answer).toMatch(/^HTTP\/1\.1 503 /);
    slow.open();
    await Promise.all([press, stopped]);
  });

  it("stop returns the number of listeners still running at the deadline", async () => {
    testApp = await openTestApp();
    const entered = gate();
    testApp.before = async () => {
      entered.open();
      await new Promise(() => {});
    };
    const sent = testApp.slack.as("U0ADA").command("status");
    await entered.wait;
    expect(await testApp.app.stop(50)).toBe(1);
    await sent;
  });

  it("the app starts and serves while Slack is unreachable, in both modes", async () => {
    testApp = await openTestApp();
    const nowhere = "http://127.0.0.1:1/api/";
    for (const mode of [
      { kind: "http", signingSecret: "s" },
      { kind: "socket", appToken: "xapp-1-A-1-x" },
    ] as const) {
      const app = createSlackApp({
        charts,
        breakglass: testApp.breakglass,
        web: createWebClient({ token: "xoxb-1", apiUrl: nowhere, timeoutMs: 2000 }),
        home: async () => null,
        mode,
        apiUrl: nowhere,
        log: { debug() {}, info() {}, warn() {}, error() {} },
        routes: [FINE],
        now: Date.now,
      });
      const { port } = await app.start({ port: 0, host: "127.0.0.1" });
      expect(await (await fetch(`http://127.0.0.1:${port}/healthz`)).text()).toBe("fine");
      expect(await app.stop(100)).toBe(0);
    }
  });
});

describe("Socket Mode", () => {
  it("carries commands, forms, button presses and thread replies", async () => {
    testApp = await openTestApp({ socket: true });
    await testApp.slack.until(() => testApp.slack.sockets.connections === 1, "a connection");
    await declared(testApp);
    const alert = await postAlert(testApp, 1);
    await testApp.slack.as("U0ADA").click(alert, "Approve");
    await told(testApp, "U0ADA", /nobody approves their own bypass/);
    await testApp.slack.as("U0ADA").say("C0INC", "log: restarted", alert.ts);
    await told(testApp, "U0ADA", /^Logged to BG-1\.$/);
    await testApp.slack.as("U0ADA").command("status");
    expect(lastEphemeral(testApp.slack, "U0ADA")).toContain("BG-1");
    await testApp.slack.as("U0ADA").command("stauts");
    expect(lastEphemeral(testApp.slack, "U0ADA")).toContain("Did you mean `/breakglass status`");
  });

  it("reconnects after Slack drops the connection or asks for a new one", async () => {
    testApp = await openTestApp({ socket: true });
    for (const disconnect of [
      () => testApp.slack.sockets.cut(),
      () => testApp.slack.sockets.disconnect("refresh_requested"),
    ]) {
      await testApp.slack.until(() => testApp.slack.sockets.connections === 1, "a connection");
      const opened = () => testApp.slack.record.calls.filter((call) => call.method === "apps.connections.open").length;
      const before = opened();
      disconnect();
      await testApp.slack.until(() => opened() > before && testApp.slack.sockets.connections === 1, "a new connection");
    }
    await testApp.slack.as("U0ADA").command("help");
    expect(lastEphemeral(testApp.slack, "U0ADA")).toContain("emergency exit");
  });
});
