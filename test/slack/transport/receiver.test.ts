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

describe("signature checks", () => {
  const close = "close BG-1";

  it.each<[string, (body: string) => Record<string, string>, string]>([
    ["a request without a signature", () => ({}), "unsigned"],
    ["a request with a timestamp alone", () => ({ "x-slack-request-timestamp": String(now()) }), "unsigned"],
    [
      "a request with a forged signature",
      (body) => ({ ...testApp.slack.sign(body), "x-slack-signature": `v0=${"a".repeat(64)}` }),
      "forged",
    ],
    [
      "a request with a signature of another length",
      (body) => ({ ...testApp.slack.sign(body), "x-slack-signature": "v0=ab" }),
      "forged",
    ],
    ["a request signed for another body", () => testApp.slack.sign("text=other"), "forged"],
    ["a request signed more than five minutes ago", (body) => testApp.slack.sign(body, now() - 302), "stale"],
    [
      "a request signed more than five minutes in the future",
      (body) => testApp.slack.sign(body, now() + 302),
      "future",
    ],
    [
      "a request with a timestamp that is not a number",
      (body) => ({ ...testApp.slack.sign(body), "x-slack-request-timestamp": "1e9" }),
      "malformed_timestamp",
    ],
  ])("%s is refused with 401 and changes nothing", async (_what, headers, why) => {
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

  it("a timestamp four minutes off in either direction is accepted", async () => {
    testApp = await openTestApp();
    for (const second of [now() - 240, now() + 240]) {
      const body = commandBody("help");
      const answer = await testApp.slack.send(body, { ...FORM, ...testApp.slack.sign(body, second) });
      expect(answer.status).toBe(200);
      expect(answer.body).toContain("emergency exit");
    }
  });

  it("a replayed valid request is answered and changes nothing", async () => {
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

describe("a malformed request", () => {
  it("is refused with 413 when it is larger than 256 KiB", async () => {
    testApp = await openTestApp();
    const body = commandBody("x".repeat(257 * 1024));
    const answer = await testApp.slack.send(body, { ...FORM, ...testApp.slack.sign(body) });
    expect(answer.status).toBe(413);
  });

  it("is refused with 413 when it is too large and sends no Content-Length", async () => {
    testApp = await openTestApp();
    // A size is refused before the signature is computed, so this of another body will do.
    const headers = { "transfer-encoding": "chunked", ...testApp.slack.sign("") };
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const sent = httpRequest({ port: testApp.port, path: "/slack/events", method: "POST", headers }, (response) => {
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
    ["an event that is a string", "application/json", '{"type":"event_callback","event":"x"}'],
    ["a payload that is not JSON", "application/x-www-form-urlencoded", "payload=%7B"],
    [
      "actions that are not a list",
      "application/x-www-form-urlencoded",
      interaction({ type: "block_actions", actions: {} }),
    ],
    ["no actions", "application/x-www-form-urlencoded", interaction({ type: "block_actions", actions: [] })],
    ["a view that is null", "application/x-www-form-urlencoded", interaction({ type: "view_submission", view: null })],
    ["an empty form", "application/x-www-form-urlencoded", ""],
    ["no content type", "", "a=b"],
    [
      "a payload beside other fields",
      "application/x-www-form-urlencoded",
      `a=b&${interaction({ type: "block_actions", actions: [{ action_id: "bypass_approve", value: "BG-1@1" }] })}`,
    ],
    ["a field that is there twice", "application/x-www-form-urlencoded", `${commandBody("help")}&user_id=U0ADA`],
  ])("(%s) is refused with 400", async (_what, type, body) => {
    testApp = await openTestApp();
    const answer = await testApp.slack.send(body, { "content-type": type, ...testApp.slack.sign(body) });
    expect(answer.status).toBe(400);
  });

  it("is refused for its missing signature first, and not read, when it is too large and unsigned", async () => {
    testApp = await openTestApp();
    expect(await testApp.slack.send("x".repeat(257 * 1024), FORM)).toMatchObject({ status: 401 });
  });

  it("gets an apology when a field that is used is invalid", async () => {
    testApp = await openTestApp();
    const body = commandBody("status").replace("U0ADA", "%3C%21channel%3E");
    const answer = await testApp.slack.send(body, { ...FORM, ...testApp.slack.sign(body) });
    expect(answer.status).toBe(200);
    expect(answer.body).toContain("Something broke on our side");
  });
});

describe("Slack's own checks", () => {
  it("the url_verification challenge is returned only when it is signed", async () => {
    testApp = await openTestApp();
    const body = JSON.stringify({ type: "url_verification", challenge: "abc123" });
    const json = { "content-type": "application/json; charset=utf-8" };
    expect(await testApp.slack.send(body, { ...json, ...testApp.slack.sign(body) })).toMatchObject({
      status: 200,
      body: "abc123",
    });
    expect(await testApp.slack.send(body, json)).toMatchObject({ status: 401 });
  });

  it("ssl_check is answered unsigned, and can carry neither a command nor a click", async () => {
    testApp = await openTestApp();
    expect(await testApp.slack.send("ssl_check=1&token=x", FORM)).toMatchObject({ status: 200, body: "" });
    const click = interaction({ type: "block_actions", actions: [{ action_id: "bypass_approve", value: "BG-1@1" }] });
    for (const carried of [commandBody("help"), click])
      expect(await testApp.slack.send(`ssl_check=1&${carried}`, FORM)).toMatchObject({ status: 401 });
  });
});

describe("the other routes of the port", () => {
  const get = (path: string, method = "GET") => fetch(`http://127.0.0.1:${testApp.port}${path}`, { method });

  it("are served alongside Slack's route, in both modes", async () => {
    testApp = await openTestApp();
    expect(await (await get("/healthz?x=1")).text()).toBe("fine");
    expect((await get("/slack/events", "POST")).status).toBe(401);
    await testApp.close();
    testApp = await openTestApp({ socket: true });
    expect(await (await get("/healthz")).text()).toBe("fine");
    expect((await get("/slack/events", "POST")).status).toBe(404);
  });

  it("answer unknown paths and methods in JSON, without echoing the path, and name the allowed methods", async () => {
    testApp = await openTestApp();
    const missing = await get("/%3Cscript%3E");
    expect([missing.status, await missing.text()]).toEqual([404, '{"error":"not_found"}\n']);
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

  it("answer 500 when a handler throws, and keep serving", async () => {
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
