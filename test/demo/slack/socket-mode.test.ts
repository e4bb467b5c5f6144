import type { App } from "@slack/bolt";
import { WebClient } from "@slack/web-api";
import { afterEach, beforeEach, expect, test } from "vitest";
import WebSocket from "ws";
import type { SlackDouble } from "../../../demo/slack/index.js";
import { socketBot } from "./bot.js";
import { doubleWithPeople } from "./people.js";

let slack: SlackDouble;
beforeEach(async () => {
  slack = await doubleWithPeople();
});
afterEach(() => slack.stop());

const plain = (text: string) => ({ type: "plain_text" as const, text });

function register(app: App): void {
  app.command("/breakglass", async ({ ack, command, client }) => {
    if (command.text === "help") return ack("how it works");
    if (command.text === "slow") return undefined;
    await ack();
    const block = { type: "input" as const, block_id: "b", label: plain("Reason") };
    const element = { type: "plain_text_input" as const, action_id: "a" };
    const view = {
      type: "modal" as const,
      callback_id: "v",
      title: plain("T"),
      submit: plain("Go"),
      blocks: [{ ...block, element }],
    };
    await client.views.open({ trigger_id: command.trigger_id, view });
    return undefined;
  });
  app.view("v", ({ ack, view }) =>
    view.state.values.b?.a?.value === "no" ? ack({ response_action: "errors", errors: { b: "Say yes." } }) : ack(),
  );
  app.message("ping", async ({ say }) => {
    await say("pong");
  });
}

async function appClient(): Promise<WebClient> {
  return new WebClient(slack.appToken, { slackApiUrl: slack.apiUrl, retryConfig: { retries: 0 } });
}

test("commands, views and events go over the socket, and answers come back in the acknowledgement", async () => {
  const bot = await socketBot(slack, register);
  await slack.until(() => slack.sockets.connections === 1, "the connection");
  const ana = slack.as("U0ANA");
  expect(await ana.command("help")).toMatchObject({ status: 200, request: { via: "socket" } });
  expect(slack.ephemerals("U0ANA").map(({ text }) => text)).toEqual(["how it works"]);
  await ana.command("");
  await slack.until(() => slack.view("U0ANA"), "the modal");
  expect((await ana.submit({ Reason: "no" })).errors).toEqual({ Reason: "Say yes." });
  await ana.submit({ Reason: "yes" });
  expect(slack.view("U0ANA")).toBeUndefined();
  await ana.say("#incidents", "ping");
  await slack.until(() => slack.messages("#incidents").at(-1)?.text === "pong", "the reply");
  await bot.stop();
  await slack.until(() => slack.sockets.connections === 0, "the end of the connection");
  expect(slack.violations).toEqual([]);
});

test("a bot that does not acknowledge in time gets operation_timeout", async () => {
  await slack.stop();
  slack = await doubleWithPeople({ answerWithinMs: 200 });
  const bot = await socketBot(slack, register);
  await slack.until(() => slack.sockets.connections === 1, "the connection");
  expect(await slack.as("U0ANA").command("slow")).toMatchObject({ timedOut: true, error: "operation_timeout" });
  await bot.stop();
});

test("a socket URL accepts one connection", async () => {
  const { url = "" } = await (await appClient()).apps.connections.open();
  const first = new WebSocket(url);
  const hello = await new Promise<string>((resolve) => first.once("message", (data) => resolve(String(data))));
  expect(JSON.parse(hello)).toMatchObject({ type: "hello", num_connections: 1 });
  const second = new WebSocket(url);
  const refused = await new Promise<Error>((resolve) => second.once("error", resolve));
  expect(refused.message).toContain("401");
  first.close();
});

test("each envelope has an id, and a client that disconnects without acknowledging leaves the request unanswered", async () => {
  const { url = "" } = await (await appClient()).apps.connections.open();
  const client = new WebSocket(url);
  const envelopes: string[] = [];
  client.on("message", (data) => {
    envelopes.push(String(data));
    if (envelopes.length === 2) client.terminate();
  });
  await slack.until(() => slack.sockets.connections === 1, "the connection");
  const { answer } = await slack.as("U0ANA").say("#incidents", "hello");
  expect(answer).toMatchObject({ status: 0, error: "dispatch_unreachable" });
  expect(JSON.parse(envelopes[1] ?? "")).toMatchObject({
    type: "events_api",
    envelope_id: expect.stringMatching(/^[\w-]{36}$/),
    retry_attempt: 0,
  });
});

test("a disconnect is announced, and later requests fail because no bot is connected", async () => {
  const { url = "" } = await (await appClient()).apps.connections.open();
  const client = new WebSocket(url);
  const types: string[] = [];
  client.on("message", (data) => {
    types.push(JSON.parse(String(data)).type);
    if (types.at(-1) === "disconnect") client.close();
  });
  await slack.until(() => slack.sockets.connections === 1, "the connection");
  slack.sockets.disconnect();
  await slack.until(() => slack.sockets.connections === 0, "the end of the connection");
  expect(types).toEqual(["hello", "disconnect"]);
  await expect(slack.as("U0ANA").command("x")).rejects.toThrow("No bot is there");
});
