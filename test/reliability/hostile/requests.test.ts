import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { CAST, INCIDENTS } from "../../../demo/cast.js";
import { type Answer, signRequest } from "../../../demo/slack/index.js";
import { alertOf, declare, delivered } from "../../support/reliability/people.js";
import { FORM, type LoadHarness, now, openLoadHarness } from "./load-harness.js";

const JSON_BODY = { "content-type": "application/json" };

let on: LoadHarness;
let length: number;
beforeAll(async () => {
  on = await openLoadHarness();
});
beforeEach(async () => {
  length = await on.length();
});
afterAll(() => on.close());

describe("A request that Slack did not send just now", () => {
  test.each<[string, number, (body: string) => Record<string, string>]>([
    ["unsigned", 401, () => ({ ...FORM })],
    [
      "signed with another secret",
      401,
      (body) => ({
        ...FORM,
        "x-slack-request-timestamp": String(now()),
        "x-slack-signature": signRequest("0123456789abcdef0123456789abcdef", now(), body),
      }),
    ],
    ["older than five minutes", 401, (body) => on.signed(body, now() - 305)],
    ["dated more than five minutes ahead", 401, (body) => on.signed(body, now() + 305)],
    [
      "signed for another moment",
      401,
      (body) => ({ ...on.signed(body), "x-slack-request-timestamp": String(now() - 1) }),
    ],
    ["signed with an empty signature", 401, (body) => ({ ...on.signed(body), "x-slack-signature": "" })],
  ])("(%s) is refused and nothing is recorded", async (_what, status, headers) => {
    const body = on.press();
    expect(await on.testApp.slack.send(body, headers(body))).toMatchObject({ status });
    expect(await on.trail.length()).toBe(length);
  });

  test("(oversized) is refused with 413 and nothing is recorded", async () => {
    const body = on.press({ filler: "x".repeat(300 * 1024) });
    expect(await on.testApp.slack.send(body, on.signed(body))).toMatchObject({ status: 413 });
    expect(await on.trail.length()).toBe(length);
  });

  test("(cut short, no JSON, no form, of an unknown type) is refused or answered, and nothing is recorded", async () => {
    const bodies: [string, Record<string, string>][] = [
      [on.press().slice(0, 80), FORM],
      ["payload=", FORM],
      ["payload=%00", FORM],
      ["\u0000\u0001\u0002", FORM],
      ['{"type":"event_callback"', JSON_BODY],
      ['{"__proto__":{"type":"event_callback"}}', JSON_BODY],
      [`{"a":${"[".repeat(20_000)}${"]".repeat(20_000)}}`, JSON_BODY],
      ["<xml/>", { "content-type": "text/xml" }],
    ];
    for (const [body, type] of bodies) {
      const answer = await on.testApp.slack.send(body, { ...type, ...on.testApp.slack.sign(body) });
      expect(answer.status, body.slice(0, 40)).toBe(400);
    }
    // Its type is unknown, so it must not count as a click, although it names a button.
    const disguised = on.press({ type: "something_new" });
    expect((await on.testApp.slack.send(disguised, on.signed(disguised))).status).toBe(400);
    const unknown = on.press({ type: "something_new", actions: undefined });
    expect((await on.testApp.slack.send(unknown, on.signed(unknown))).status).toBe(200);
    expect(await on.trail.length()).toBe(length);
    expect((await fetch(`http://127.0.0.1:${on.testApp.ports[0]}/healthz`)).status).toBe(200);
  });
});

describe("A response URL", () => {
  test("that points to another host is never called; the person gets the answer in the channel instead", async () => {
    const called: string[] = [];
    const elsewhere = createServer((request, response) => {
      called.push(request.url ?? "");
      response.end();
    });
    await new Promise<void>((resolve) => elsewhere.listen(0, "127.0.0.1", resolve));
    const { port } = elsewhere.address() as AddressInfo;
    const host = new URL(on.testApp.slack.apiUrl).host;
    for (const url of [
      `http://127.0.0.1:${port}/`,
      `http://localhost:${port}/`,
      `http://${host}@127.0.0.1:${port}/`,
      `http://hooks.slack.com.localhost:${port}/`,
      "http://169.254.169.254/latest/meta-data/",
      "file:///etc/passwd",
    ]) {
      const since = on.testApp.slack.ephemerals(CAST.dana).length;
      const body = on.press({ response_url: url }, { action_id: "bypass_explode" });
      expect(await on.testApp.slack.send(body, on.signed(body))).toMatchObject({ status: 200 });
      expect(await on.wordsTo(CAST.dana, since)).toMatch(/does not know that button/);
    }
    expect(called).toEqual([]);
    elsewhere.close();
  });
});

describe("A request that is sent twice with the same bytes", () => {
  test("takes effect once, be it a log line, a declaration or an approval", async () => {
    const { slack } = on.testApp;
    const replayed = async (answer: Answer) =>
      expect(await slack.replay(answer.request)).toMatchObject({ status: 200 });
    const line = await slack.as(CAST.priya).command(`log BG-${on.n} restarted the queue`, { channel: INCIDENTS });
    await replayed(line);
    const second = await declare(slack, CAST.omar);
    await replayed(second.answer);
    const { n: other, message } = await alertOf(slack, second.target);
    await replayed(await slack.as(CAST.noor).click(message, "Approve"));
    await delivered(on.testApp, on.trail);
    const types = (await on.trail.entries()).slice(length).map(({ type }) => type);
    for (const once of ["bypass.logged", "bypass.declared", "ack.given", "bypass.activated"]) {
      expect(types.filter((type) => type === once)).toEqual([once]);
    }
    expect(other).toBe(on.n + 1);
    expect(slack.messages(INCIDENTS).filter((one) => one.text.includes(second.target) && !one.thread_ts)).toHaveLength(
      1,
    );
  }, 40_000);
});

test("after all hostile requests the trail verifies and nothing is approved", async () => {
  expect((await on.trail.verify()).findings).toEqual([]);
  expect((await on.trail.entries(on.n)).map(({ type }) => type)).not.toContain("ack.given");
});
