import { request as httpRequest } from "node:http";
import { afterEach, describe, expect, it } from "vitest";
import { createSlackDouble } from "../../src/demo/slack/index.js";
import { NotRecorded } from "../../src/lib/errors.js";
import { createSlackApp } from "../../src/slack/app.js";
import { ACTIONS, VIEWS } from "../../src/slack/ids.js";
import { createWebClient } from "../../src/slack/web-client.js";
import { declared, GOOD, type House, lastWhisper, openHouse, postAlert, told } from "../support/slack-house.js";

let house: House;
afterEach(async () => {
  await house.close();
});

const FORM = { "content-type": "application/x-www-form-urlencoded" };
const now = () => Math.floor(Date.now() / 1000);

function commandBody(text: string, command = "/breakglass"): string {
  return new URLSearchParams({
    command,
    text,
    user_id: "U0ADA",
    channel_id: "C0INC",
    trigger_id: "1.2.3",
    response_url: "https://hooks.slack.com/commands/x",
  }).toString();
}

const interaction = (payload: object): string => new URLSearchParams({ payload: JSON.stringify(payload) }).toString();

/** A promise and the function that ends it. */
function gate(): { wait: Promise<void>; open: () => void } {
  let open = () => {};
  const wait = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { wait, open };
}

describe("a request that Slack did not send", () => {
  const close = "close BG-1";

  it.each<[string, (body: string) => Record<string, string>, string]>([
    ["without a signature", () => ({}), "unsigned"],
    ["with a timestamp alone", () => ({ "x-slack-request-timestamp": String(now()) }), "unsigned"],
    ["with a forged signature", (body) => ({ ...house.slack.sign(body), "x-slack-signature": `v0=${"a".repeat(64)}` }), "forged"],
    ["with a signature of another length", (body) => ({ ...house.slack.sign(body), "x-slack-signature": "v0=ab" }), "forged"],
    ["signed for another body", () => house.slack.sign("text=other"), "forged"],
    ["signed five minutes and a second ago", (body) => house.slack.sign(body, now() - 302), "stale"],
    ["signed five minutes in the future", (body) => house.slack.sign(body, now() + 302), "future"],
    ["with a timestamp that is no number", (body) => ({ ...house.slack.sign(body), "x-slack-request-timestamp": "1e9" }), "malformed_timestamp"],
  ])("%s is refused and changes nothing", async (_what, headers, why) => {
    house = await openHouse();
    await declared(house);
    const before = house.fake.record(1).state.version;
    const body = commandBody(close);
    const answer = await house.slack.send(body, { ...FORM, ...headers(body) });
    expect(answer.status).toBe(401);
    expect(answer.body.trim()).toBe(why);
    expect(house.fake.record(1).state.version).toBe(before);
    expect(house.logs.at(-1)).toMatchObject({ event: "slack.request_refused", fields: { why } });
  });

  it("is taken four minutes off in either direction", async () => {
    house = await openHouse();
    for (const second of [now() - 240, now() + 240]) {
      const body = commandBody("help");
      const answer = await house.slack.send(body, { ...FORM, ...house.slack.sign(body, second) });
      expect(answer.status).toBe(200);
      expect(answer.body).toContain("emergency exit");
    }
  });

  it("changes nothing when a good one is played back", async () => {
    house = await openHouse();
    await declared(house);
    const lea = house.slack.as("U0LEA");
    await lea.click(await postAlert(house, 1), "Approve");
    const version = house.fake.record(1).state.version;
    const answer = await house.slack.replay();
    expect(answer.status).toBe(200);
    expect(house.fake.record(1).state.version).toBe(version);
    expect(house.slack.ephemerals("U0LEA")).toEqual([]);
  });
});

describe("a request that cannot be read", () => {
  it("is refused with 413 when it is larger than 256 KiB", async () => {
    house = await openHouse();
    const body = commandBody("x".repeat(257 * 1024));
    const answer = await house.slack.send(body, { ...FORM, ...house.slack.sign(body) });
    expect(answer.status).toBe(413);
  });

  it("is refused with 413 when it is large and does not say so", async () => {
    house = await openHouse();
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const sent = httpRequest({ port: house.port, path: "/slack/events", method: "POST", headers: { "transfer-encoding": "chunked" } }, (response) => {
        response.resume();
        resolve(response.statusCode);
      });
      sent.on("error", reject);
      for (let n = 0; n < 5; n += 1) sent.write("x".repeat(64 * 1024));
      sent.end();
    });
    expect(status).toBe(413);
  });

  it.each<[string, string, string]>([
    ["broken JSON", "application/json", "{"],
    ["JSON that is a list", "application/json", "[]"],
    ["an event that is null", "application/json", '{"type":"event_callback","event":null}'],
    ["an event that is a text", "application/json", '{"type":"event_callback","event":"x"}'],
    ["a payload that is no JSON", "application/x-www-form-urlencoded", "payload=%7B"],
    ["actions that are no list", "application/x-www-form-urlencoded", interaction({ type: "block_actions", actions: {} })],
    ["no actions", "application/x-www-form-urlencoded", interaction({ type: "block_actions", actions: [] })],
    ["a view that is null", "application/x-www-form-urlencoded", interaction({ type: "view_submission", view: null })],
    ["an empty form", "application/x-www-form-urlencoded", ""],
    ["no type at all", "", "a=b"],
  ])("(%s) is refused with 400", async (_what, type, body) => {
    house = await openHouse();
    const answer = await house.slack.send(body, { "content-type": type, ...house.slack.sign(body) });
    expect(answer.status).toBe(400);
  });

  it("gets a word when the fields that are used are not right", async () => {
    house = await openHouse();
    const body = commandBody("status").replace("U0ADA", "%3C%21channel%3E");
    const answer = await house.slack.send(body, { ...FORM, ...house.slack.sign(body) });
    expect(answer.status).toBe(200);
    expect(answer.body).toContain("Something broke on our side");
  });
});

describe("Slack's own questions", () => {
  it("the challenge is sent back when it is signed", async () => {
    house = await openHouse();
    const body = JSON.stringify({ type: "url_verification", challenge: "abc123" });
    const json = { "content-type": "application/json; charset=utf-8" };
    expect(await house.slack.send(body, { ...json, ...house.slack.sign(body) })).toMatchObject({ status: 200, body: "abc123" });
    expect(await house.slack.send(body, json)).toMatchObject({ status: 401 });
  });

  it("the question about the certificate is answered, and a command is not smuggled in with it", async () => {
    house = await openHouse();
    expect(await house.slack.send("ssl_check=1&token=x", FORM)).toMatchObject({ status: 200, body: "" });
    expect(await house.slack.send(`ssl_check=1&${commandBody("help")}`, FORM)).toMatchObject({ status: 401 });
  });
});

describe("the other addresses of the port", () => {
  const get = (path: string, method = "GET") => fetch(`http://127.0.0.1:${house.port}${path}`, { method });

  it("are served beside Slack's, in both modes", async () => {
    house = await openHouse();
    expect(await (await get("/healthz?x=1")).text()).toBe("fine");
    expect((await get("/healthz", "POST")).status).toBe(405);
    expect((await get("/nothing")).status).toBe(404);
    expect((await get("/slack/events")).status).toBe(405);
    await house.close();
    house = await openHouse({ socket: true });
    expect(await (await get("/healthz")).text()).toBe("fine");
    expect((await get("/slack/events", "POST")).status).toBe(404);
  });

  it("answer 500 when a handler throws, and the process goes on", async () => {
    house = await openHouse({
      app: {
        routes: [
          { method: "GET", path: "/bad", handler: async () => Promise.reject(new Error("secret words")) },
          { method: "GET", path: "/good", handler: (_request, response) => void response.end("good") },
        ],
      },
    });
    expect((await get("/bad")).status).toBe(500);
    expect(await (await get("/good")).text()).toBe("good");
    expect(JSON.stringify(house.logs)).not.toContain("secret words");
  });
});

describe("what nobody listens to", () => {
  const person = { user: { id: "U0ADA" }, team: { id: "T1" }, trigger_id: "1.2.3" };

  it.each<[string, object]>([
    ["a button", { type: "block_actions", ...person, actions: [{ action_id: "old_button", value: "x" }] }],
    ["a shortcut", { type: "shortcut", ...person, callback_id: "old" }],
    ["a message shortcut", { type: "message_action", ...person, callback_id: "old", channel: { id: "C0INC" } }],
    ["a form that was closed", { type: "view_closed", ...person, view: { id: "V1", callback_id: "old" } }],
    ["a menu's options", { type: "block_suggestion", ...person, action_id: "old", value: "" }],
    ["a kind of request that is not known", { type: "something_new", ...person }],
  ])("%s is still answered in time", async (_what, payload) => {
    house = await openHouse();
    const body = interaction(payload);
    expect(await house.slack.send(body, { ...FORM, ...house.slack.sign(body) })).toMatchObject({ status: 200 });
  });

  it("a form is answered with an error under its last input", async () => {
    house = await openHouse();
    const blocks = [{ type: "section", block_id: "s" }, { type: "input", block_id: "why" }];
    const body = interaction({ type: "view_submission", ...person, view: { id: "V1", hash: "1.a", callback_id: "old", state: { values: {} }, blocks } });
    const answer = await house.slack.send(body, { ...FORM, ...house.slack.sign(body) });
    expect(JSON.parse(answer.body)).toMatchObject({ response_action: "errors", errors: { why: expect.stringContaining("nothing was done") } });
  });

  it("whoever pressed an unknown button is told where the right ones are", async () => {
    house = await openHouse();
    const web = createWebClient({ token: house.slack.botToken, apiUrl: house.slack.apiUrl });
    const button = { type: "button" as const, action_id: "old_button", text: { type: "plain_text" as const, text: "Old" }, value: "BG-1@1" };
    const posted = await web.chat.postMessage({ channel: "C0INC", text: "old", blocks: [{ type: "actions", elements: [button] }] });
    await house.slack.as("U0LEA").click({ channel: "C0INC", ts: posted.ts ?? "" }, "Old");
    await told(house, "U0LEA", /does not know that button/);
  });

  it("another slash command that ends up here is answered", async () => {
    house = await openHouse();
    const body = commandBody("", "/other");
    const answer = await house.slack.send(body, { ...FORM, ...house.slack.sign(body) });
    expect(answer).toMatchObject({ status: 200 });
    expect(answer.body).toContain("nothing was done");
  });

  it("an event that nobody subscribed to is taken, so that Slack does not repeat it", async () => {
    house = await openHouse();
    expect(await house.slack.event({ type: "channel_created", channel: { id: "C1" } })).toMatchObject({ status: 200 });
  });
});

describe("every handler", () => {
  it("stands for an id, and each id has one", async () => {
    house = await openHouse();
    expect(Object.keys(house.app.handlers.actions).sort()).toEqual(Object.values(ACTIONS).sort());
    expect(Object.keys(house.app.handlers.views).sort()).toEqual(Object.values(VIEWS).sort());
  });

  it.each(Object.values(ACTIONS))("is alive: the button %s reaches it", async (id) => {
    house = await openHouse();
    const body = interaction({ type: "block_actions", user: { id: "U0ADA" }, trigger_id: "1.2.3", channel: { id: "C0INC" }, actions: [{ action_id: id, value: "tampered" }] });
    await house.slack.send(body, { ...FORM, ...house.slack.sign(body) });
    if (id !== ACTIONS.link) await told(house, "U0ADA", /could not be read/);
    expect(house.logs.filter((line) => line.event === "slack.nobody_listens")).toEqual([]);
  });

  it.each(Object.values(VIEWS))("is alive: the form %s reaches it", async (id) => {
    house = await openHouse();
    const body = interaction({ type: "view_submission", user: { id: "U0ADA" }, view: { id: "V1", hash: "1.a", callback_id: id, state: { values: {} }, blocks: [] } });
    const answer = await house.slack.send(body, { ...FORM, ...house.slack.sign(body) });
    expect(answer.body).toContain("could not be read");
  });

  it("hears of a changed account", async () => {
    house = await openHouse();
    await house.slack.event({ type: "user_change", user: { id: "U0LEA", deleted: true } });
    expect(house.forgotten).toEqual(["U0LEA"]);
  });
});

describe("when the answer is not there in time", () => {
  const quick = { app: { answerWithinMs: 200 } };

  it("a slash command is answered, and what comes of it is told afterwards", async () => {
    house = await openHouse(quick);
    await declared(house);
    const slow = gate();
    house.fake.before = async (call) => (call === "act.log" ? slow.wait : undefined);
    const answer = await house.slack.as("U0ADA").command("log BG-1 restarted the queue");
    expect(answer.status).toBe(200);
    expect(lastWhisper(house.slack, "U0ADA")).toMatch(/not known yet whether it was recorded/);
    slow.open();
    await house.slack.until(() => lastWhisper(house.slack, "U0ADA") === "Logged to BG-1.", "the late answer");
  });

  it("a press is answered, and the presser hears that it is not known", async () => {
    house = await openHouse(quick);
    await declared(house);
    const at = await postAlert(house, 1);
    const slow = gate();
    house.fake.before = async (call) => (call === "act.approve" ? slow.wait : undefined);
    expect((await house.slack.as("U0LEA").click(at, "Approve")).status).toBe(200);
    await told(house, "U0LEA", /not known yet/);
    slow.open();
    await house.slack.until(() => house.fake.record(1).state.approvals.length === 1, "the approval");
  });

  it("a form keeps what was typed, and shows it when it was recorded after all", async () => {
    house = await openHouse(quick);
    await house.slack.as("U0ADA").command("");
    await house.slack.until(() => house.slack.view("U0ADA")?.submit !== undefined, "the form");
    const slow = gate();
    house.fake.before = async (call) => (call === "declare" ? slow.wait : undefined);
    const answer = await house.slack.as("U0ADA").submit(GOOD);
    expect(Object.values(answer.errors ?? {}).join()).toMatch(/not known yet whether it was recorded/);
    slow.open();
    await house.slack.until(() => {
      const view = house.slack.view("U0ADA");
      return view !== undefined && house.slack.render(view).includes("It is recorded after all: BG-1");
    }, "the late word");
    expect(house.fake.count).toBe(1);
  });

  it("an event is asked for again, and the second delivery changes nothing more", async () => {
    house = await openHouse(quick);
    await declared(house);
    const at = await postAlert(house, 1);
    const slow = gate();
    house.fake.before = async (call) => (call === "act.log" ? slow.wait : undefined);
    const { answer } = await house.slack.as("U0ADA").say("C0INC", "log: restarted the queue", at.ts);
    expect(answer?.status).toBe(503);
    slow.open();
    await house.slack.until(() => lastWhisper(house.slack, "U0ADA") === "Logged to BG-1.", "the confirmation");
    expect((await house.slack.replay(undefined, { retryNum: 1 })).status).toBe(200);
    expect(house.fake.record(1).state.logLines).toBe(1);
    expect(house.slack.ephemerals("U0ADA").filter((one) => one.text === "Logged to BG-1.")).toHaveLength(1);
  });
});

describe("when something breaks", () => {
  it("the person sees a mark that stands in the log, and no text reaches the log", async () => {
    house = await openHouse();
    house.fake.before = async () => {
      throw new Error("the words Ada typed");
    };
    await house.slack.as("U0ADA").command("log BG-1 hunter2");
    const mark = /Error ([0-9a-f]{8})/.exec(lastWhisper(house.slack, "U0ADA"))?.[1];
    expect(house.logs).toContainEqual(expect.objectContaining({ level: "error", event: "slack.listener_broke", fields: expect.objectContaining({ mark, fault: "Error" }) }));
    expect(JSON.stringify(house.logs)).not.toMatch(/hunter2|Ada typed/);
  });

  it("a press that could not be recorded says not recorded", async () => {
    house = await openHouse();
    await declared(house);
    const at = await postAlert(house, 1);
    house.fake.before = async () => {
      throw new NotRecorded("not_recorded");
    };
    await house.slack.as("U0LEA").click(at, "Approve");
    await told(house, "U0LEA", /^Not recorded\./);
    expect(house.logs.filter((line) => line.level === "error")).toEqual([]);
  });

  it("a press whose outcome was lost says that it is not known", async () => {
    house = await openHouse();
    await declared(house);
    const at = await postAlert(house, 1);
    house.fake.before = async () => {
      throw new NotRecorded("unknown");
    };
    await house.slack.as("U0LEA").click(at, "Approve");
    await told(house, "U0LEA", /not known whether this was recorded/);
  });

  it("a log line in a thread is told to be unrecorded once, and is recorded when Slack delivers it again", async () => {
    house = await openHouse();
    await declared(house);
    const at = await postAlert(house, 1);
    house.fake.before = async (call) => {
      if (call === "act.log") throw new NotRecorded("not_recorded");
    };
    const { answer } = await house.slack.as("U0ADA").say("C0INC", "log: restarted", at.ts);
    expect(answer?.status).toBe(503);
    const event = house.slack.lastRequest;
    await house.slack.replay(event, { retryNum: 1 });
    await house.slack.settled();
    expect(house.slack.ephemerals("U0ADA")).toHaveLength(1);
    expect(lastWhisper(house.slack, "U0ADA")).toMatch(/Not recorded\..*delivers your line again/s);
    house.fake.before = async () => {};
    expect((await house.slack.replay(event, { retryNum: 2 })).status).toBe(200);
    expect(lastWhisper(house.slack, "U0ADA")).toBe("Logged to BG-1.");
  });

  it("the person is told by an ephemeral message when the response URL does not answer", async () => {
    house = await openHouse();
    await declared(house);
    const at = await postAlert(house, 1);
    house.slack.faults.set("response_url", { kind: "http", status: 500 });
    await house.slack.as("U0ADA").click(at, "Approve");
    await told(house, "U0ADA", /Not approved/);
    expect(house.slack.ephemerals("U0ADA").at(-1)?.via).toBe("postEphemeral");
  });
});

describe("starting and stopping", () => {
  it("waits for listeners at work, and refuses what comes meanwhile", async () => {
    house = await openHouse();
    await declared(house);
    const at = await postAlert(house, 1);
    const slow = gate();
    const entered = gate();
    house.fake.before = async (call) => {
      if (call !== "act.approve") return;
      entered.open();
      await slow.wait;
    };
    const press = house.slack.as("U0LEA").click(at, "Approve");
    await entered.wait;
    const stopped = house.app.stop(2000);
    const late = await house.slack.as("U0LOU").click(at, "Approve");
    expect(late.status).not.toBe(200);
    slow.open();
    expect((await press).status).toBe(200);
    expect(await stopped).toBe(0);
    expect(house.fake.record(1).state.approvals).toHaveLength(1);
  });

  it("says how many listeners it had to leave at the deadline", async () => {
    house = await openHouse();
    const entered = gate();
    house.fake.before = async () => {
      entered.open();
      await new Promise(() => {});
    };
    const sent = house.slack.as("U0ADA").command("status");
    await entered.wait;
    expect(await house.app.stop(50)).toBe(1);
    await sent;
  });

  it("starts and serves while Slack cannot be reached, in both modes", async () => {
    house = await openHouse();
    const nowhere = "http://127.0.0.1:1/api/";
    for (const mode of [{ kind: "http", signingSecret: "s" }, { kind: "socket", appToken: "xapp-1-A-1-x" }] as const) {
      const app = createSlackApp({
        breakglass: house.fake,
        web: createWebClient({ token: "xoxb-1", apiUrl: nowhere }),
        mode,
        apiUrl: nowhere,
        log: { debug() {}, info() {}, warn() {}, error() {} },
        routes: [{ method: "GET", path: "/healthz", handler: (_request, response) => void response.end("fine") }],
        now: Date.now,
      });
      const { port } = await app.start({ port: 0, host: "127.0.0.1" });
      expect(await (await fetch(`http://127.0.0.1:${port}/healthz`)).text()).toBe("fine");
      expect(await app.stop(100)).toBe(0);
    }
  });

  it("says so when the port is taken", async () => {
    house = await openHouse();
    const other = await createSlackDouble();
    const taken = Number(new URL(other.apiUrl).port);
    const app = createSlackApp({
      breakglass: house.fake,
      web: createWebClient({ token: "xoxb-1", apiUrl: other.apiUrl }),
      mode: { kind: "http", signingSecret: "s" },
      log: { debug() {}, info() {}, warn() {}, error() {} },
      routes: [],
      now: Date.now,
    });
    await expect(app.start({ port: taken, host: "127.0.0.1" })).rejects.toMatchObject({ code: "EADDRINUSE" });
    await other.stop();
  });
});

describe("Socket Mode", () => {
  it("carries commands, forms, presses and thread replies", async () => {
    house = await openHouse({ socket: true });
    await house.slack.until(() => house.slack.sockets.connections === 1, "a connection");
    await declared(house);
    const at = await postAlert(house, 1);
    await house.slack.as("U0ADA").click(at, "Approve");
    await told(house, "U0ADA", /nobody approves their own bypass/);
    await house.slack.as("U0ADA").say("C0INC", "log: restarted", at.ts);
    await told(house, "U0ADA", /^Logged to BG-1\.$/);
    await house.slack.as("U0ADA").command("status");
    expect(lastWhisper(house.slack, "U0ADA")).toContain("BG-1");
    await house.slack.as("U0ADA").command("stauts");
    expect(lastWhisper(house.slack, "U0ADA")).toContain("Did you mean `/breakglass status`");
  });

  it("comes back after Slack has cut the connection or asked for a new one", async () => {
    house = await openHouse({ socket: true });
    for (const cut of [() => house.slack.sockets.cut(), () => house.slack.sockets.disconnect("refresh_requested")]) {
      await house.slack.until(() => house.slack.sockets.connections === 1, "a connection");
      const opened = () => house.slack.record.calls.filter((call) => call.method === "apps.connections.open").length;
      const before = opened();
      cut();
      await house.slack.until(() => opened() > before && house.slack.sockets.connections === 1, "a new connection");
    }
    await house.slack.as("U0ADA").command("help");
    expect(lastWhisper(house.slack, "U0ADA")).toContain("emergency exit");
  });
});
