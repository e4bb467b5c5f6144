import type { BlockAction } from "@slack/bolt";
import { WebClient } from "@slack/web-api";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { SlackDouble } from "../../../demo/slack/index.js";
import { httpBot } from "./bot.js";
import { doubleWithPeople } from "./people.js";

const plain = (text: string) => ({ type: "plain_text" as const, text });
const modal = (title: string, more: object = {}) => ({
  type: "modal" as const,
  title: plain(title),
  blocks: [{ type: "section" as const, text: plain(title) }],
  ...more,
});

let time = 1_800_000_000_000;
let slack: SlackDouble;
let client: WebClient;
let stopBot: () => Promise<void>;

beforeEach(async () => {
  time = 1_800_000_000_000;
  slack = await doubleWithPeople({ now: () => time });
  client = new WebClient(slack.botToken, { slackApiUrl: slack.apiUrl, retryConfig: { retries: 0 } });
  const bot = await httpBot(slack, (app) => {
    app.command("/breakglass", ({ ack }) => ack());
    app.action(/.*/, ({ ack }) => ack());
    app.view("next", ({ ack }) => ack({ response_action: "push", view: modal("Pushed") }));
    app.view("clear", ({ ack }) => ack({ response_action: "clear" }));
    app.view("bad", ({ ack }) => ack({ response_action: "errors", errors: { nowhere: "what?" } }));
    app.view({ callback_id: "told", type: "view_closed" }, ({ ack }) => ack());
  });
  stopBot = bot.stop;
});
afterEach(async () => {
  await stopBot();
  await slack.stop();
});

const code = (call: Promise<unknown>) =>
  call.then(
    () => "ok",
    (fault) => fault.data.error as string,
  );
const open = (trigger_id: string, view = modal("One")) => client.views.open({ trigger_id, view });

async function commandTrigger(): Promise<string> {
  const { request } = await slack.as("U0ANA").command("");
  return String(request.payload.trigger_id);
}

async function viewTrigger(): Promise<string> {
  const view = slack.view("U0ANA");
  if (view === undefined) throw new Error("No modal is open.");
  const { request } = await slack.as("U0ANA").click(view, "Press");
  return String(request.payload.trigger_id);
}

const pressable = (title: string, more: object = {}) =>
  modal(title, {
    blocks: [{ type: "actions", elements: [{ type: "button", action_id: "p", text: plain("Press") }] }],
    ...more,
  });

test("a trigger works once, for three seconds", async () => {
  const trigger = await commandTrigger();
  expect(await code(open(trigger))).toBe("ok");
  expect(await code(open(trigger))).toBe("exchanged_trigger_id");
  const late = await commandTrigger();
  time += 3_001;
  expect(await code(open(late))).toBe("expired_trigger_id");
  const inTime = await commandTrigger();
  time += 3_000;
  expect(await code(open(inTime))).toBe("ok");
  expect(await code(open("1.2.3"))).toBe("invalid_trigger_id");
});

test("a refused view does not use up the trigger", async () => {
  const trigger = await commandTrigger();
  expect(await code(open(trigger, modal("x".repeat(25))))).toBe("invalid_arguments");
  const big = Array.from({ length: 90 }, () => ({ type: "section", text: plain("é".repeat(2990)) }));
  expect(await code(open(trigger, modal("Big", { blocks: big })))).toBe("view_too_large");
  expect(await code(open(trigger))).toBe("ok");
});

test("the stack holds three views, and a push needs a trigger from inside a modal", async () => {
  await open(await commandTrigger(), pressable("One"));
  expect(await code(client.views.push({ trigger_id: await commandTrigger(), view: modal("Two") }))).toBe("not_found");
  for (const title of ["Two", "Three"]) {
    await client.views.push({ trigger_id: await viewTrigger(), view: pressable(title) });
  }
  expect(await code(client.views.push({ trigger_id: await viewTrigger(), view: modal("Four") }))).toBe(
    "push_limit_reached",
  );
  expect(slack.view("U0ANA")).toMatchObject({ title: "Three" });
  await slack.as("U0ANA").cancel();
  expect(slack.view("U0ANA")).toMatchObject({ title: "Two" });
});

test("an update with an old hash conflicts, one without a hash is a violation, and one of a closed view finds nothing", async () => {
  const { view } = await open(await commandTrigger());
  const [view_id = "", hash = ""] = [view?.id, view?.hash];
  expect(await code(client.views.update({ view_id, hash, view: modal("Two") }))).toBe("ok");
  expect(await code(client.views.update({ view_id, hash, view: modal("Three") }))).toBe("hash_conflict");
  expect(slack.view("U0ANA")?.title).toBe("Two");
  expect(slack.violations).toEqual([]);
  expect(await code(client.views.update({ view_id, view: modal("Four") }))).toBe("ok");
  expect(slack.violations.map(({ rule }) => rule)).toEqual(["missing_hash"]);
  await slack.as("U0ANA").cancel();
  expect(await code(client.views.update({ view_id, view: modal("Five") }))).toBe("not_found");
});

test("typed values survive an update that keeps the ids", async () => {
  const input = (block_id: string) => ({
    type: "input",
    block_id,
    label: plain("Reason"),
    element: { type: "plain_text_input", action_id: "reason", initial_value: "first" },
  });
  const form = (...ids: string[]) => modal("Form", { submit: plain("Send"), blocks: ids.map(input) });
  const { view } = await open(await commandTrigger(), form("a"));
  await slack.as("U0ANA").fill({ Reason: "typed" });
  await client.views.update({ view_id: view?.id ?? "", view: form("a", "b") });
  expect(slack.view("U0ANA")?.values).toMatchObject({
    a: { reason: { value: "typed" } },
    b: { reason: { value: "first" } },
  });
});

test("the answers push, clear and errors change the stack as in Slack", async () => {
  const ana = slack.as("U0ANA");
  await open(await commandTrigger(), modal("Next", { callback_id: "next", submit: plain("Go") }));
  await ana.submit({});
  expect(slack.view("U0ANA")).toMatchObject({ title: "Pushed" });
  await open(await commandTrigger(), modal("Clear", { callback_id: "clear", submit: plain("Go") }));
  await ana.submit({});
  expect(slack.view("U0ANA")).toBeUndefined();
  await open(await commandTrigger(), modal("Bad", { callback_id: "bad", submit: plain("Go") }));
  await ana.submit({});
  expect(slack.violations.map(({ rule }) => rule)).toEqual(["invalid_submission_answer"]);
});

test("closing a view notifies the bot only when the view asks for it", async () => {
  const ana = slack.as("U0ANA");
  await open(await commandTrigger());
  expect(await ana.cancel()).toBeUndefined();
  await open(await commandTrigger(), modal("Told", { callback_id: "told", notify_on_close: true }));
  expect(await ana.cancel()).toMatchObject({ status: 200 });
  expect(slack.lastRequest?.payload).toMatchObject({ type: "view_closed", is_cleared: false });
});

test("a response URL works five times within thirty minutes and can replace or delete the pressed message", async () => {
  const use = (url: unknown, body: object) =>
    fetch(String(url), { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
  const blocks = [{ type: "actions", elements: [{ type: "button", action_id: "p", text: plain("Press") }] }];
  const posted = await client.apiCall("chat.postMessage", { channel: "C0INC", text: "press me", blocks });
  const ts = String((posted as { ts?: string }).ts);
  const { request } = await slack.as("U0BEN").click({ channel: "C0INC", ts }, "Press");
  const url = request.payload.response_url;
  await use(url, { replace_original: true, text: "pressed" });
  expect(slack.messages("C0INC")).toMatchObject([{ text: "pressed", blocks: [] }]);
  await use(url, { text: "to you" });
  await use(url, { response_type: "in_channel", text: "to all" });
  expect((await use(url, { blocks: [{ type: "nope" }] })).status).toBe(400);
  await use(url, { delete_original: true });
  expect(slack.messages("C0INC").map(({ text }) => text)).toEqual(["to all"]);
  expect(slack.ephemerals("U0BEN").map(({ text }) => text)).toEqual(["to you"]);
  const sixth = await use(url, { text: "again" });
  expect([sixth.status, await sixth.json()]).toEqual([404, { ok: false, error: "used_url" }]);
  const { request: other } = await slack.as("U0ANA").command("");
  time += 30 * 60_000 + 1;
  expect((await use(other.payload.response_url, { text: "late" })).status).toBe(404);
});

test("a button on the Home tab carries a trigger that opens a modal", async () => {
  const home = { type: "home" as const, blocks: pressable("Home").blocks };
  await client.views.publish({ user_id: "U0ANA", view: home });
  expect(await code(client.views.publish({ user_id: "U0ANA", view: home, hash: "1.old" }))).toBe("hash_conflict");
  const shown = slack.home("U0ANA");
  if (shown === undefined) throw new Error("No Home tab is published.");
  const { request } = await slack.as("U0ANA").click(shown, "Press");
  expect(request.payload).toMatchObject({ container: { type: "view" }, view: { type: "home" } });
  await open(String(request.payload.trigger_id));
  expect(slack.view("U0ANA")?.title).toBe("One");
});

test("a menu with dispatch_action notifies the app at once, and the app's update may add the next field", async () => {
  await stopBot();
  const menu = (text: string) => ({ text: plain(text), value: text });
  const form = (...labels: string[]) =>
    modal("Form", {
      submit: plain("Send"),
      blocks: labels.map((label) => ({
        type: "input",
        block_id: label,
        label: plain(label),
        dispatch_action: label === "Path",
        element: { type: "static_select", action_id: label, options: [menu("a"), menu("b")] },
      })),
    });
  const bot = await httpBot(slack, (app) => {
    app.command("/breakglass", async ({ ack, command, client: web }) => {
      await ack();
      await web.views.open({ trigger_id: command.trigger_id, view: form("Path") });
    });
    app.action<BlockAction>("Path", async ({ ack, body, client: web }) => {
      await ack();
      await web.views.update({
        view_id: body.view?.id ?? "",
        hash: body.view?.hash ?? "",
        view: form("Path", "Gates"),
      });
    });
    app.view(/.*/, ({ ack }) => ack());
  });
  stopBot = bot.stop;
  await slack.as("U0ANA").command("");
  await slack.until(() => slack.view("U0ANA"), "the form");
  await slack.as("U0ANA").submit({ Path: "b", Gates: "a" });
  expect(slack.lastRequest?.payload).toMatchObject({
    view: {
      state: {
        values: { Path: { Path: { selected_option: menu("b") } }, Gates: { Gates: { selected_option: menu("a") } } },
      },
    },
  });
  expect(slack.violations).toEqual([]);
});
