import { WebClient } from "@slack/web-api";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { SlackDouble } from "../../../demo/slack/index.js";
import { peopledDouble } from "./people.js";

let slack: SlackDouble;
let client: WebClient;
/** One that gives up soon, for calls that never get an answer. */
let hasty: WebClient;
beforeEach(() => restart());
afterEach(() => slack.stop());

async function restart(setup: Parameters<typeof peopledDouble>[0] = {}) {
  await slack?.stop();
  slack = await peopledDouble(setup);
  const options = { slackApiUrl: slack.apiUrl, retryConfig: { retries: 0 }, rejectRateLimitedCalls: true };
  client = new WebClient(slack.botToken, options);
  hasty = new WebClient(slack.botToken, { ...options, timeout: 200 });
}

const post = (text = "hello", channel = "C0INC", by = client) =>
  by.chat.postMessage({ channel, text }).then(
    () => "ok",
    (fault) => fault.data?.error ?? fault.code,
  );
const texts = () => slack.messages("C0INC").map((one) => one.text);

test("a fault strikes the next n calls of its method alone", async () => {
  slack.faults.set("chat.postMessage", { kind: "error", code: "fatal_error" }, { next: 2 });
  await client.auth.test();
  expect([await post(), await post(), await post("third")]).toEqual(["fatal_error", "fatal_error", "ok"]);
  expect(texts()).toEqual(["third"]);
  expect(slack.record.calls.map((call) => call.fault)).toEqual([undefined, "error", "error", undefined]);
});

test("a rate limit answers 429 with Retry-After", async () => {
  slack.faults.set("*", { kind: "rate_limit", retryAfter: 7 });
  await expect(client.chat.postMessage({ channel: "C0INC", text: "x" })).rejects.toMatchObject({ retryAfter: 7 });
  expect(await post()).toBe("ok");
});

test("a server error, a dropped connection and a hang perform nothing; a lost answer performs all", async () => {
  slack.faults.set("chat.postMessage", { kind: "http", status: 503 });
  expect(await post("a")).toBe("slack_webapi_http_error");
  slack.faults.set("chat.postMessage", { kind: "drop" });
  expect(await post("b")).toBe("slack_webapi_request_error");
  slack.faults.set("chat.postMessage", { kind: "hang" });
  expect(await post("c", "C0INC", hasty)).toBe("slack_webapi_request_error");
  expect(texts()).toEqual([]);
  slack.faults.set("chat.postMessage", { kind: "lost" });
  expect(await post("d")).toBe("slack_webapi_request_error");
  expect(texts()).toEqual(["d"]);
  expect(slack.record.calls.at(-1)).toMatchObject({ ok: true, status: 0, fault: "lost" });
});

test("chance comes from the seed, so a run can be played again", async () => {
  const run = async (seed: number) => {
    await restart({ seed });
    slack.faults.set("chat.postMessage", { kind: "error", code: "fatal_error" }, { probability: 0.5 });
    const results: string[] = [];
    for (let n = 0; n < 20; n += 1) results.push(await post());
    return results.join(" ");
  };
  const first = await run(7);
  expect(await run(7)).toBe(first);
  expect(await run(8)).not.toBe(first);
  expect(first).toContain("ok");
  expect(first).toContain("fatal_error");
});

test("a lifted fault strikes no more", async () => {
  const lift = slack.faults.set("chat.postMessage", { kind: "error", code: "fatal_error" }, "always");
  expect(await post()).toBe("fatal_error");
  lift();
  expect(await post()).toBe("ok");
});

test("an unreachable Slack refuses connections, and comes back on the same port with its messages", async () => {
  await post("before");
  await slack.faults.unreachable();
  expect(await post("lost")).toBe("slack_webapi_request_error");
  await slack.faults.reachable();
  expect(await post("after")).toBe("ok");
  expect(texts()).toEqual(["before", "after"]);
});

test("with rates on, a second post within a second into one channel must wait", async () => {
  let time = 1_800_000_000_000;
  await restart({ rateLimits: true, now: () => time });
  expect([await post("a"), await post("b", "C0SHARED")]).toEqual(["ok", "ok"]);
  await expect(client.chat.postMessage({ channel: "C0INC", text: "b" })).rejects.toMatchObject({ retryAfter: 1 });
  time += 1_000;
  expect(await post("c", "C0INC", hasty)).toBe("ok");
  expect(texts()).toEqual(["a", "c"]);
});

test("settled waits for calls that are under way", async () => {
  slack.faults.set("chat.postMessage", { kind: "hang" });
  let done = false;
  const hanging = post("x", "C0INC", hasty).then(() => {
    done = true;
  });
  await slack.until(() => slack.record.inFlight > 0, "the call");
  await slack.settled(0);
  await hanging;
  expect(done).toBe(true);
});
