import type { App, BlockAction } from "@slack/bolt";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { PersonCannot, type SlackDouble } from "../../../demo/slack/index.js";
import { httpBot } from "./bot.js";
import { doubleWithPeople } from "./people.js";

const plain = (text: string) => ({ type: "plain_text" as const, text });
const option = (text: string, value: string) => ({ text: plain(text), value });

function declareView() {
  return {
    type: "modal" as const,
    callback_id: "declare",
    title: plain("Break Glass"),
    submit: plain("Break Glass"),
    blocks: [
      {
        type: "input" as const,
        block_id: "path",
        label: plain("Path"),
        element: {
          type: "static_select" as const,
          action_id: "path",
          options: [option("Emergency deploy", "emergency_deploy"), option("Database", "db")],
        },
      },
      {
        type: "input" as const,
        block_id: "gates",
        label: plain("Gates"),
        element: {
          type: "checkboxes" as const,
          action_id: "gates",
          options: [option("E2E", "e2e"), option("Two", "two")],
        },
      },
      {
        type: "input" as const,
        block_id: "reason",
        label: plain("Reason"),
        element: { type: "plain_text_input" as const, action_id: "reason", multiline: true, max_length: 50 },
      },
    ],
  };
}

function register(app: App): void {
  app.command("/breakglass", async ({ ack, command, client }) => {
    if (command.text === "help") return ack({ text: "how it works" });
    if (command.text === "crash") return ack({ response_type: "ephemeral", blocks: [{ type: "nonsense" }] });
    await ack();
    if (command.text === "silent") return undefined;
    await client.views.open({ trigger_id: command.trigger_id, view: declareView() });
    return undefined;
  });
  app.view("declare", async ({ ack, view, body, client }) => {
    const reason = view.state.values.reason?.reason?.value ?? "";
    if (reason.length < 5) return ack({ response_action: "errors", errors: { reason: "Say more." } });
    await ack();
    await client.chat.postMessage({
      channel: "#incidents",
      text: `<@${body.user.id}> asks: ${reason}`,
      blocks: [
        { type: "section", text: { type: "mrkdwn", text: `*<@${body.user.id}>* asks: ${reason}` } },
        {
          type: "actions",
          elements: [
            { type: "button", action_id: "approve", text: plain("Approve"), style: "primary", value: "BG-1" },
            { type: "button", action_id: "deny", text: plain("Deny"), value: "BG-1" },
          ],
        },
      ],
    });
    return undefined;
  });
  app.action<BlockAction>("approve", async ({ ack, respond, body, client }) => {
    await ack();
    if (body.user.id === "U0ANA") {
      await respond({ text: "Not your own.", replace_original: false });
      return;
    }
    const { channel_id: channel, message_ts: ts } = body.container;
    await client.chat.update({ channel, ts, text: `Approved by <@${body.user.id}>` });
  });
  app.message("log:", async ({ message, client }) => {
    await client.chat.postMessage({ channel: message.channel, thread_ts: message.ts, text: "noted" });
  });
  app.event("app_home_opened", async ({ event, client }) => {
    const blocks = [{ type: "section" as const, text: plain("Nothing waits for you.") }];
    await client.views.publish({ user_id: event.user, view: { type: "home", blocks } });
  });
}

let slack: SlackDouble;
let bot: Awaited<ReturnType<typeof httpBot>>;
beforeAll(async () => {
  slack = await doubleWithPeople({ events: ["app_home_opened", "message.channels"] });
  bot = await httpBot(slack, register);
});
afterAll(async () => {
  await bot.stop();
  await slack.stop();
});
beforeEach(() => slack.record.clear());

async function openModal() {
  const answer = await slack.as("U0ANA").command("", { channel: "#incidents" });
  expect(answer).toMatchObject({ status: 200, body: "" });
  return slack.until(() => slack.view("U0ANA"), "the declare modal");
}

async function declare(reason: string) {
  await openModal();
  const answer = await slack.as("U0ANA").submit({ Path: "Emergency deploy", Gates: ["E2E", "two"], Reason: reason });
  expect(answer).toMatchObject({ status: 200, body: "" });
  return slack.until(() => slack.messages("#incidents").find(({ text }) => text.includes(reason)), "the alert");
}

test("a declaration goes from the command through the modal to an alert with buttons", async () => {
  const alert = await declare("prod is down");
  expect(slack.view("U0ANA")).toBeUndefined();
  expect(slack.render(alert)).toBe("@Ana asks: prod is down\n[Approve] [Deny]");
  expect(slack.violations).toEqual([]);
});

test("a requester who presses Approve gets a refusal that only they see, through the response URL", async () => {
  const alert = await declare("prod is slow");
  expect(await slack.as("U0ANA").click(alert, "Approve")).toMatchObject({ status: 200 });
  await slack.until(() => slack.ephemerals("U0ANA").length === 1, "the refusal");
  expect(slack.ephemerals("U0ANA")[0]).toMatchObject({ text: "Not your own.", via: "response_url" });
  expect(slack.ephemerals("U0BEN")).toEqual([]);
  expect(slack.messages("#incidents").at(-1)?.blocks).toHaveLength(2);
});

test("an update with only text removes the buttons, and only an outdated screen can still press them", async () => {
  const alert = await declare("prod is gone");
  await slack.as("U0BEN").click(alert, "approve");
  await slack.until(() => slack.messages("#incidents").at(-1)?.edited, "the approval");
  expect(slack.messages("#incidents").at(-1)).toMatchObject({ text: "Approved by <@U0BEN>", blocks: [] });
  await expect(slack.as("U0BEN").click(alert, "Approve")).rejects.toThrow(PersonCannot);
  expect(await slack.as("U0BEN").click(alert, "Approve", { stale: alert })).toMatchObject({ status: 200 });
  await slack.settled();
  expect(slack.record.messages.filter((change) => change.kind === "updated")).toHaveLength(2);
});

test("submission errors come back by label and leave the modal open with its values", async () => {
  await openModal();
  const ana = slack.as("U0ANA");
  const answer = await ana.submit({ Path: "db", Gates: "e2e", Reason: "no" });
  expect(answer.errors).toEqual({ Reason: "Say more." });
  expect(slack.view("U0ANA")?.values.reason).toEqual({ reason: { type: "plain_text_input", value: "no" } });
  await ana.cancel();
  expect(slack.view("U0ANA")).toBeUndefined();
});

test("a person cannot pick what is not offered, skip a required field, or exceed the maximum length", async () => {
  await openModal();
  const ana = slack.as("U0ANA");
  await expect(ana.submit({ Path: "nonsense" })).rejects.toThrow('"nonsense" is not offered');
  await expect(ana.submit({ Nowhere: "x" })).rejects.toThrow('no field "Nowhere"');
  await expect(ana.submit({ Reason: "x".repeat(51) })).rejects.toThrow("50 characters");
  await expect(ana.submit({ Path: "db" })).rejects.toThrow("Gates: required; Reason: required");
  expect(slack.record.requests.filter(({ payload }) => payload.type === "view_submission")).toEqual([]);
  await ana.cancel();
});

test("a command's answer is shown only to its person, and an invalid answer shows Slack's error", async () => {
  await slack.as("U0BEN").command("help", { channel: "#incidents" });
  expect(slack.ephemerals("U0BEN").at(-1)).toMatchObject({ text: "how it works", via: "answer", channel: "C0INC" });
  await slack.as("U0BEN").command("crash");
  expect(slack.ephemerals("U0BEN").at(-1)).toMatchObject({
    via: "slack",
    text: expect.stringContaining("invalid_blocks"),
  });
  expect(slack.violations.map(({ rule }) => rule)).toEqual(["invalid_answer"]);
});

test("a person outside a channel cannot press or write there", async () => {
  const alert = await declare("prod is odd");
  await expect(slack.as("U0GUS").click(alert, "Approve")).rejects.toThrow("cannot see");
  await expect(slack.as("U0BEN").say("#secret", "hello")).rejects.toThrow("cannot see");
});

test("messages reach the bot, and the Home is published when it is opened", async () => {
  const { message, answer } = await slack.as("U0ANA").say("#incidents", "log: restarted it");
  expect(answer?.status).toBe(200);
  const reply = await slack.until(
    () => slack.messages("#incidents").find(({ thread_ts }) => thread_ts === message.ts),
    "a reply",
  );
  expect(reply.text).toBe("noted");
  await slack.as("U0BEN").openHome();
  const home = await slack.until(() => slack.home("U0BEN"), "the Home tab");
  expect(slack.render(home)).toBe("Nothing waits for you.");
});

test("a request that does not reach the bot shows Slack's error to its person", async () => {
  slack.connect({ eventsUrl: "http://127.0.0.1:9/slack/events" });
  const answer = await slack.as("U0ANA").command("help");
  slack.connect({ eventsUrl: bot.url });
  expect(answer).toMatchObject({ status: 0, error: "dispatch_unreachable" });
  expect(slack.ephemerals("U0ANA").at(-1)?.text).toContain("dispatch_unreachable");
});

test("a timed-out wait names what it waited for and shows what is there instead", async () => {
  await slack.as("U0ANA").say("#incidents", "hello there");
  await expect(slack.until(() => false, "a miracle", 10)).rejects.toThrow(/a miracle[\s\S]*hello there/);
});
