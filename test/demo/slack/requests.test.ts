import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { WebClient } from "@slack/web-api";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type SlackDouble, signRequest } from "../../../demo/slack/index.js";
import { httpBot } from "./bot.js";
import { doubleWithPeople } from "./people.js";

let slack: SlackDouble;
const ends: Array<() => Promise<unknown>> = [];
beforeEach(async () => {
  slack = await doubleWithPeople({ enterpriseId: "E0ORG", orgInstall: true });
});
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
  await slack.stop();
});

/** A plain HTTP server in place of the bot; returns the list of requests it receives. */
async function listen(answer: (response: ServerResponse) => void) {
  const seen: Array<{ headers: IncomingMessage["headers"]; body: string }> = [];
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on("data", (part) => parts.push(part));
    request.on("end", () => {
      seen.push({ headers: request.headers, body: Buffer.concat(parts).toString() });
      answer(response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  ends.push(() => new Promise((resolve) => server.close(resolve).closeAllConnections()));
  slack.connect({ eventsUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/slack/events` });
  return seen;
}

test("signRequest reproduces Slack's published example", () => {
  const body =
    "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c";
  expect(signRequest("8f742231b10e8888abcd99yyyzzz85a5", 1531420618, body)).toBe(
    "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503",
  );
});

test("commands and interactions are forms without a charset, events are JSON; all are signed", async () => {
  const seen = await listen((response) => response.end());
  await slack.as("U0ANA").command("a & b", { channel: "#incidents" });
  await slack.as("U0ANA").say("#incidents", "hello");
  const [command, event] = seen;
  expect(command?.headers["content-type"]).toBe("application/x-www-form-urlencoded");
  const form = Object.fromEntries(new URLSearchParams(command?.body));
  expect(form).toMatchObject({ command: "/breakglass", text: "a & b", user_id: "U0ANA", channel_name: "incidents" });
  expect(form).toMatchObject({ enterprise_id: "E0ORG", is_enterprise_install: "true", team_id: slack.teamId });
  expect(event?.headers["content-type"]).toBe("application/json");
  expect(JSON.parse(event?.body ?? "")).toMatchObject({ type: "event_callback", event: { channel_type: "channel" } });
  for (const { headers, body } of seen) {
    const time = String(headers["x-slack-request-timestamp"]);
    expect(headers["x-slack-signature"]).toBe(signRequest(slack.signingSecret, time, body));
  }
});

test("a bot that answers too late gets operation_timeout, and the person sees the error", async () => {
  await slack.stop();
  slack = await doubleWithPeople({ answerWithinMs: 150 });
  await listen(() => undefined);
  const answer = await slack.as("U0ANA").command("slow");
  expect(answer).toMatchObject({ status: 0, timedOut: true, error: "operation_timeout" });
  expect(answer.ms).toBeGreaterThanOrEqual(149);
  expect(slack.ephemerals("U0ANA").map(({ text }) => text)).toEqual([
    '/breakglass failed with the error "operation_timeout"',
  ]);
});

test("an answer outside 2xx is a failed dispatch", async () => {
  await listen((response) => response.writeHead(500).end());
  expect(await slack.as("U0ANA").command("x")).toMatchObject({ status: 500, error: "dispatch_failed" });
});

test("a replay repeats bytes and signature; a retry repeats the event with a new signature and its number", async () => {
  const seen = await listen((response) => response.end());
  await slack.as("U0ANA").say("#incidents", "hello");
  const first = slack.lastRequest;
  await slack.replay(first);
  await slack.replay(first, { retryNum: 1, retryReason: "http_timeout" });
  expect(seen.map(({ body }) => body)).toEqual([seen[0]?.body, seen[0]?.body, seen[0]?.body]);
  expect(seen[1]?.headers["x-slack-signature"]).toBe(seen[0]?.headers["x-slack-signature"]);
  expect(seen.map(({ headers }) => headers["x-slack-retry-num"])).toEqual([undefined, undefined, "1"]);
});

test("a real receiver accepts what the double signs and refuses what a test forges", async () => {
  const received: string[] = [];
  const bot = await httpBot(slack, (app) => {
    app.command("/breakglass", async ({ ack, command }) => {
      received.push(command.text);
      await ack();
    });
  });
  ends.push(bot.stop);
  await slack.as("U0ANA").command("good");
  const good = slack.lastRequest;
  if (good === undefined) throw new Error("Nothing was sent.");
  const type = { "content-type": "application/x-www-form-urlencoded" };
  const body = good.rawBody.replace("good", "forged");
  const old = Math.floor(Date.now() / 1000) - 301;
  const answers = [
    await slack.send(body, type),
    await slack.send(body, good.headers),
    await slack.send(body, { ...type, ...slack.sign(body, old) }),
    await slack.send(`${body}&x=${"x".repeat(5 * 1024 * 1024)}`, { ...type, ...slack.sign(body) }),
  ];
  expect(answers.every((answer) => answer.status !== 200)).toBe(true);
  expect(received).toEqual(["good"]);
  expect(await slack.send(body, { ...type, ...slack.sign(body) })).toMatchObject({ status: 200 });
  expect(received).toEqual(["good", "forged"]);
});

test("the bot receives events only from conversations it is in", async () => {
  const seen = await listen((response) => response.end());
  const { answer } = await slack.as("U0ANA").say("#open", "not for the bot");
  expect(answer).toBeUndefined();
  expect(seen).toEqual([]);
  expect(slack.messages("#open")).toHaveLength(1);
});

test("with echo on, the bot receives its own messages, marked as its own", async () => {
  await slack.stop();
  slack = await doubleWithPeople({ echoOwnMessages: true });
  const seen = await listen((response) => response.end());
  const client = new WebClient(slack.botToken, { slackApiUrl: slack.apiUrl });
  await client.chat.postMessage({ channel: "C0INC", text: "mine" });
  await slack.until(() => seen.length === 1 && slack.record.answers.length === 1, "the echo");
  expect(JSON.parse(seen[0]?.body ?? "").event).toMatchObject({
    text: "mine",
    bot_id: slack.botId,
    user: slack.botUserId,
  });
});
