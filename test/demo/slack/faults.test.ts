import { WebClient } from "@slack/web-api";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { SlackDouble } from "../../../demo/slack/index.js";
import { doubleWithPeople } from "./people.js";

let slack: SlackDouble;
let client: WebClient;
/** Times out after 200 ms, for calls that never get an answer. */
let impatientClient: WebClient;
beforeEach(() => restart());
afterEach(() => slack.stop());

async function restart(setup: Parameters<typeof doubleWithPeople>[0] = {}) {
  await slack?.stop();
  slack = await doubleWithPeople(setup);
  const options = { slackApiUrl: slack.apiUrl, retryConfig: { retries: 0 }, rejectRateLimitedCalls: true };
  client = new WebClient(slack.botToken, options);
  impatientClient = new WebClient(slack.botToken, { ...options, timeout: 200 });
}

const post = (text = "hello", channel = "C0INC", web = client) =>
  web.chat.postMessage({ channel, text }).then(
    () => "ok",
    (fault) => fault.data?.error ?? fault.code,
  );
const texts = () => slack.messages("C0INC").map(({ text }) => text);

test("a fault affects the next n calls of its method and no other call", async () => {
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

test("a server error, a dropped connection and a hang post nothing; a lost answer posts the message", async () => {
  slack.faults.set("chat.postMessage", { kind: "http", status: 503 });
  expect(await post("a")).toBe("slack_webapi_http_error");
  slack.faults.set("chat.postMessage", { kind: "drop" });
  expect(await post("b")).toBe("slack_webapi_request_error");
  slack.faults.set("chat.postMessage", { kind: "hang" });
  expect(await post("c", "C0INC", impatientClient)).toBe("slack_webapi_request_error");
  expect(texts()).toEqual([]);
  slack.faults.set("chat.postMessage", { kind: "lost" });
  expect(await post("d")).toBe("slack_webapi_request_error");
  expect(texts()).toEqual(["d"]);
  expect(slack.record.calls.at(-1)).toMatchObject({ ok: true, status: 0, fault: "lost" });
});

test("random faults follow the seed, so a run can be repeated", async () => {
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

test("a lifted fault affects no further calls", async () => {
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

test("with rate limits on, a second post to a channel within a second is rate limited", async () => {
  let time = 1_800_000_000_000;
  await restart({ rateLimits: true, now: () => time });
  expect([await post("a"), await post("b", "C0SHARED")]).toEqual(["ok", "ok"]);
  await expect(client.chat.postMessage({ channel: "C0INC", text: "b" })).rejects.toMatchObject({ retryAfter: 1 });
  time += 1_000;
  expect(await post("c", "C0INC", impatientClient)).toBe("ok");
  expect(texts()).toEqual(["a", "c"]);
});

test("settled waits for calls in flight", async () => {
  slack.faults.set("chat.postMessage", { kind: "hang" });
  let done = false;
  const hanging = post("x", "C0INC", impatientClient).then(() => {
    done = true;
  });
  await slack.until(() => slack.record.inFlight > 0, "the call");
  await slack.settled(0);
  await hanging;
  expect(done).toBe(true);
});
