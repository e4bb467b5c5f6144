import { request as httpRequest } from "node:http";
import { afterEach, describe, expect, it } from "vitest";
import {
  commandBody,
  declared,
  FINE,
  FORM,
  interaction,
  openTestApp,
  postAlert,
  type TestApp,
} from "../../support/slack-app.js";

let testApp: TestApp;
afterEach(async () => {
  await testApp.close();
});

const now = () => Math.floor(Date.now() / 1000);

describe("a request that Slack did not send", () => {
  const close = "close BG-1";

  it.each<[string, (body: string) => Record<string, string>, string]>([
    ["without a signature", () => ({}), "unsigned"],
    ["with a timestamp alone", () => ({ "x-slack-request-timestamp": String(now()) }), "unsigned"],
    [
      "with a forged signature",
      (body) => ({ ...testApp.slack.sign(body), "x-slack-signature": `v0=${"a".repeat(64)}` }),
      "forged",
    ],
    [
      "with a signature of another length",
      (body) => ({ ...testApp.slack.sign(body), "x-slack-signature": "v0=ab" }),
      "forged",
    ],
    ["signed for another body", () => testApp.slack.sign("text=other"), "forged"],
    ["signed five minutes and a second ago", (body) => testApp.slack.sign(body, now() - 302), "stale"],
    ["signed five minutes in the future", (body) => testApp.slack.sign(body, now() + 302), "future"],
    [
      "with a timestamp that is no number",
      (body) => ({ ...testApp.slack.sign(body), "x-slack-request-timestamp": "1e9" }),
      "malformed_timestamp",
    ],
  ])("%s is refused and changes nothing", async (_what, headers, why) => {
    testApp = await openTestApp();
    await declared(testApp);
    const before = (await testApp.record(1)).state.version;
    const body = commandBody(close);
    const answer = await testApp.slack.send(body, { ...FORM, ...headers(body) });
    expect(answer.status).toBe(401);
    expect(answer.body.trim()).toBe(why);
    expect((await testApp.record(1)).state.version).toBe(before);
    expect(testApp.logs.at(-1)).toMatchObject({ event: "slack.request_refused", fields: { why } });
  });

  it("is taken four minutes off in either direction", async () => {
    testApp = await openTestApp();
    for (const second of [now() - 240, now() + 240]) {
      const body = commandBody("help");
      const answer = await testApp.slack.send(body, { ...FORM, ...testApp.slack.sign(body, second) });
      expect(answer.status).toBe(200);
      expect(answer.body).toContain("emergency exit");
    }
  });

  it("changes nothing when a good one is played back", async () => {
    testApp = await openTestApp();
    await declared(testApp);
    const lea = testApp.slack.as("U0LEA");
    await lea.click(await postAlert(testApp, 1), "Approve");
    const version = (await testApp.record(1)).state.version;
    const answer = await testApp.slack.replay();
    expect(answer.status).toBe(200);
    expect((await testApp.record(1)).state.version).toBe(version);
    expect(testApp.slack.ephemerals("U0LEA")).toEqual([]);
  });
});

describe("a request that cannot be read", () => {
  it("is refused with 413 when it is larger than 256 KiB", async () => {
    testApp = await openTestApp();
    const body = commandBody("x".repeat(257 * 1024));
    const answer = await testApp.slack.send(body, { ...FORM, ...testApp.slack.sign(body) });
    expect(answer.status).toBe(413);
  });

  it("is refused with 413 when it is large and does not say so", async () => {
    testApp = await openTestApp();
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const sent = httpRequest(
        { port: testApp.port, path: "/slack/events", method: "POST", headers: { "transfer-encoding": "chunked" } },
        (response) => {
          response.resume();
          resolve(response.statusCode);
        },
      );
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
    [
      "actions that are no list",
      "application/x-www-form-urlencoded",
      interaction({ type: "block_actions", actions: {} }),
    ],
    ["no actions", "application/x-www-form-urlencoded", interaction({ type: "block_actions", actions: [] })],
    ["a view that is null", "application/x-www-form-urlencoded", interaction({ type: "view_submission", view: null })],
    ["an empty form", "application/x-www-form-urlencoded", ""],
    ["no type at all", "", "a=b"],
  ])("(%s) is refused with 400", async (_what, type, body) => {
    testApp = await openTestApp();
    const answer = await testApp.slack.send(body, { "content-type": type, ...testApp.slack.sign(body) });
    expect(answer.status).toBe(400);
  });

  it("gets a word when the fields that are used are not right", async () => {
    testApp = await openTestApp();
    const body = commandBody("status").replace("U0ADA", "%3C%21channel%3E");
    const answer = await testApp.slack.send(body, { ...FORM, ...testApp.slack.sign(body) });
    expect(answer.status).toBe(200);
    expect(answer.body).toContain("Something broke on our side");
  });
});

describe("Slack's own questions", () => {
  it("the challenge is sent back when it is signed", async () => {
    testApp = await openTestApp();
    const body = JSON.stringify({ type: "url_verification", challenge: "abc123" });
    const json = { "content-type": "application/json; charset=utf-8" };
    expect(await testApp.slack.send(body, { ...json, ...testApp.slack.sign(body) })).toMatchObject({
      status: 200,
      body: "abc123",
    });
    expect(await testApp.slack.send(body, json)).toMatchObject({ status: 401 });
  });

  it("the question about the certificate is answered, and a command is not smuggled in with it", async () => {
    testApp = await openTestApp();
    expect(await testApp.slack.send("ssl_check=1&token=x", FORM)).toMatchObject({ status: 200, body: "" });
    expect(await testApp.slack.send(`ssl_check=1&${commandBody("help")}`, FORM)).toMatchObject({ status: 401 });
  });
});

describe("the other addresses of the port", () => {
  const get = (path: string, method = "GET") => fetch(`http://127.0.0.1:${testApp.port}${path}`, { method });

  it("are served beside Slack's, in both modes", async () => {
    testApp = await openTestApp();
    expect(await (await get("/healthz?x=1")).text()).toBe("fine");
    expect((await get("/slack/events", "POST")).status).toBe(401);
    await testApp.close();
    testApp = await openTestApp({ socket: true });
    expect(await (await get("/healthz")).text()).toBe("fine");
    expect((await get("/slack/events", "POST")).status).toBe(404);
  });

  it("answer in JSON what is not there, without repeating it, and say which methods are", async () => {
    testApp = await openTestApp();
    const nothing = await get("/%3Cscript%3E");
    expect([nothing.status, await nothing.text()]).toEqual([404, '{"error":"not_found"}\n']);
    for (const [path, method, allow] of [
      ["/healthz", "POST", "GET, HEAD"],
      ["/slack/events", "GET", "POST"],
      ["/slack/events", "HEAD", "POST"],
    ] as const) {
      const answer = await get(path, method);
      expect([answer.status, answer.headers.get("allow")], `${method} ${path}`).toEqual([405, allow]);
      expect(answer.headers.get("content-type")).toContain("application/json");
    }
  });

  it("answer HEAD as GET, without the body", async () => {
    testApp = await openTestApp();
    const answer = await get("/healthz", "HEAD");
    expect([answer.status, await answer.text()]).toEqual([200, ""]);
  });

  it("answer 500 when a handler throws, and the process goes on", async () => {
    testApp = await openTestApp({
      app: {
        routes: [
          { method: "GET", path: "/bad", handle: () => Promise.reject(new Error("secret words")) },
          {
            method: "GET",
            path: "/worse",
            handle: () => {
              throw new Error("secret words");
            },
          },
          { ...FINE, path: "/good" },
        ],
      },
    });
    for (const path of ["/bad", "/worse"]) {
      const answer = await get(path);
      expect([answer.status, await answer.json()]).toEqual([500, { error: "fault" }]);
      expect(testApp.logs.at(-1)).toEqual({ level: "error", event: "http.fault", fields: { path, code: "Error" } });
    }
    expect(await (await get("/good")).text()).toBe("fine");
  });
});
