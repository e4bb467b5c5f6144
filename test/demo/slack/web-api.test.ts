import { WebClient } from "@slack/web-api";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { SlackDouble } from "../../../demo/slack/index.js";
import { doubleWithPeople } from "./people.js";

let slack: SlackDouble;
let client: WebClient;
beforeEach(async () => {
  slack = await doubleWithPeople();
  client = clientWith(slack.botToken);
});
afterEach(() => slack.stop());

function clientWith(token?: string): WebClient {
  return new WebClient(token, { slackApiUrl: slack.apiUrl, retryConfig: { retries: 0 }, rejectRateLimitedCalls: true });
}

/** Slack's answer to a call that it refuses; throws when the call succeeds. */
async function refusal(call: Promise<unknown>): Promise<Record<string, unknown>> {
  try {
    await call;
  } catch (fault) {
    if (fault instanceof Error && "data" in fault) return fault.data as Record<string, unknown>;
    throw fault;
  }
  throw new Error("Slack accepted the call.");
}
const code = async (call: Promise<unknown>) => (await refusal(call)).error;
async function post(more: Record<string, unknown> = {}): Promise<string> {
  const answer = await client.apiCall("chat.postMessage", { channel: "C0INC", text: "hello", ...more });
  return "ts" in answer ? String(answer.ts) : "";
}

describe("tokens, scopes and arguments", () => {
  test("a call without a token, with a wrong token, or with the wrong kind of token is refused", async () => {
    expect(await code(clientWith().auth.test())).toBe("not_authed");
    expect(await code(clientWith("xoxb-wrong").auth.test())).toBe("invalid_auth");
    expect(await code(clientWith(slack.appToken).auth.test())).toBe("not_allowed_token_type");
    expect(await code(client.apps.connections.open())).toBe("not_allowed_token_type");
    expect(await client.auth.test()).toMatchObject({ ok: true, user_id: slack.botUserId, team_id: slack.teamId });
  });

  test("a missing scope is named, with the scopes that the token has", async () => {
    await slack.stop();
    slack = await doubleWithPeople({ scopes: ["chat:write"] });
    client = clientWith(slack.botToken);
    const answer = await refusal(client.usergroups.users.list({ usergroup: "S0LEADS" }));
    expect(answer).toMatchObject({ error: "missing_scope", needed: "usergroups:read", provided: "chat:write" });
    expect(await code(client.conversations.history({ channel: "C0INC" }))).toBe("missing_scope");
    expect(await code(client.conversations.open({ users: "U0ANA" }))).toBe("missing_scope");
    expect(await post()).toMatch(/^\d{10}\.\d{6}$/);
  });

  test("an unknown method is refused, and an unknown argument is recorded as a violation", async () => {
    expect(await code(client.apiCall("chat.shout"))).toBe("unknown_method");
    expect(await code(client.apiCall("constructor"))).toBe("unknown_method");
    await post({ volume: 11 });
    expect(slack.violations).toEqual([{ rule: "unknown_argument", detail: "chat.postMessage: volume" }]);
    expect(await refusal(client.apiCall("chat.update", { text: "x" }))).toMatchObject({
      error: "invalid_arguments",
      response_metadata: {
        messages: ["[ERROR] missing required field: channel", "[ERROR] missing required field: ts"],
      },
    });
  });

  test("tokens never appear in the record", async () => {
    await clientWith().apiCall("auth.test", { token: slack.botToken });
    await post();
    expect(JSON.stringify(slack.record.calls)).not.toContain(slack.botToken);
  });
});

describe("chat", () => {
  test("messages in a channel get growing timestamps, even while the clock stands still", async () => {
    await slack.stop();
    slack = await doubleWithPeople({ now: () => 1_800_000_000_000 });
    client = clientWith(slack.botToken);
    await post({ text: "one" });
    await post({ channel: "#incidents", text: "two" });
    expect(slack.messages("#incidents").map(({ ts, text }) => [ts, text])).toEqual([
      ["1800000000.000000", "one"],
      ["1800000000.000001", "two"],
    ]);
  });

  test("a refused post says why", async () => {
    slack.channels.update("C0SHARED", { archived: true });
    expect(await code(post({ channel: "C0NONE" }))).toBe("channel_not_found");
    expect(await code(post({ channel: "C0OPEN" }))).toBe("not_in_channel");
    expect(await code(post({ channel: "C0SECRET" }))).toBe("channel_not_found");
    expect(await code(post({ channel: "C0SHARED" }))).toBe("is_archived");
    expect(await code(post({ text: "" }))).toBe("no_text");
    expect(await code(post({ text: "x".repeat(40_001) }))).toBe("msg_too_long");
    expect(await code(post({ thread_ts: "1.2" }))).toBe("invalid_thread_ts");
    expect(await code(post({ thread_ts: "1234567890.123456" }))).toBe("thread_not_found");
    expect(slack.messages("C0INC")).toEqual([]);
  });

  test("a user id as channel posts to that person's direct messages", async () => {
    await post({ channel: "U0ANA", text: "psst" });
    expect(slack.inbox("U0ANA").map(({ text }) => text)).toEqual(["psst"]);
    const { channel } = await client.conversations.open({ users: "U0ANA" });
    expect(slack.messages(channel?.id ?? "")).toHaveLength(1);
  });

  test("a refusal of blocks names the place of each fault", async () => {
    const answer = await refusal(
      post({ blocks: [{ type: "header", text: { type: "plain_text", text: "x".repeat(151) } }] }),
    );
    expect(answer).toMatchObject({
      error: "invalid_blocks",
      response_metadata: { messages: ["[ERROR] must be less than 151 characters [json-pointer:/blocks/0/text/text]"] },
    });
    expect(await code(post({ blocks: "not json" }))).toBe("invalid_blocks_format");
  });

  test("blocks without a text are accepted and recorded as a violation", async () => {
    await post({ text: undefined, blocks: [{ type: "divider" }] });
    expect(slack.violations.map(({ rule }) => rule)).toEqual(["missing_text"]);
  });

  test("an update replaces the content, keeps metadata unless it is emptied, and drops blocks left out", async () => {
    const metadata = { event_type: "outbox", event_payload: { id: "7" } };
    const { ts = "" } = await client.chat.postMessage({
      channel: "C0INC",
      text: "a",
      blocks: [{ type: "divider" }],
      metadata,
    });
    await client.chat.update({ channel: "C0INC", ts, text: "b" });
    expect(slack.messages("C0INC")[0]).toMatchObject({ text: "b", blocks: [], metadata });
    await client.apiCall("chat.update", { channel: "C0INC", ts, text: "c", metadata: {} });
    expect(slack.messages("C0INC")[0]).not.toHaveProperty("metadata");
    expect(slack.record.messages.map(({ kind, message }) => [kind, message.text])).toEqual([
      ["posted", "a"],
      ["updated", "b"],
      ["updated", "c"],
    ]);
  });

  test("the bot can change or delete only its own messages, and only while they exist", async () => {
    const { message } = await slack.as("U0ANA").say("#open", "mine");
    slack.channels.update("C0OPEN", { botIsMember: true });
    const theirs = { channel: "C0OPEN", ts: message.ts };
    expect(await code(client.chat.update({ ...theirs, text: "x" }))).toBe("cant_update_message");
    expect(await code(client.chat.delete(theirs))).toBe("cant_delete_message");
    const own = { channel: "C0INC", ts: await post() };
    expect(await code(client.chat.update({ ...own, text: "x".repeat(4001) }))).toBe("msg_too_long");
    await client.chat.delete(own);
    expect(await code(client.chat.update({ ...own, text: "x" }))).toBe("message_not_found");
    expect(await code(client.chat.delete(own))).toBe("message_not_found");
  });

  test("an ephemeral message is visible to one member only", async () => {
    await client.chat.postEphemeral({ channel: "C0INC", user: "U0BEN", text: "only you" });
    expect(slack.ephemerals("U0BEN")).toMatchObject([{ text: "only you", via: "postEphemeral" }]);
    expect(slack.messages("C0INC")).toEqual([]);
    expect(await code(client.chat.postEphemeral({ channel: "C0INC", user: "U0GUS", text: "x" }))).toBe(
      "user_not_in_channel",
    );
    expect(await code(client.chat.postEphemeral({ channel: "C0INC", user: "U0NO", text: "x" }))).toBe("user_not_found");
  });

  test("a mention of the whole channel is flagged in text, blocks and rich text, and plain text that looks like it is not", async () => {
    const section = (type: string) => [{ type: "section", text: { type, text: "see <!here>" } }];
    const element = { type: "rich_text_section", elements: [{ type: "broadcast", range: "channel" }] };
    await post({ text: "<!channel> look" });
    await post({ blocks: section("mrkdwn") });
    await post({ blocks: [{ type: "rich_text", elements: [element] }] });
    await post({ blocks: section("plain_text") });
    await post({ text: "&lt;!channel&gt;" });
    expect(slack.messages("C0INC").map(({ broadcast }) => broadcast)).toEqual([true, true, true, false, false]);
  });
});

describe("reading", () => {
  test("metadata is returned only on request, and replies only from their thread", async () => {
    const metadata = { event_type: "outbox", event_payload: { id: "9" } };
    const ts = await post({ metadata });
    await post({ thread_ts: ts, text: "reply", metadata });
    const bare = await client.conversations.history({ channel: "C0INC" });
    expect(bare.messages).toHaveLength(1);
    expect(bare.messages?.[0]).toMatchObject({ ts, reply_count: 1 });
    expect(bare.messages?.[0]).not.toHaveProperty("metadata");
    const full = await client.conversations.replies({ channel: "C0INC", ts, include_all_metadata: true });
    expect(full.messages?.map(({ text, metadata }) => [text, metadata])).toEqual([
      ["hello", metadata],
      ["reply", metadata],
    ]);
    expect(await code(client.conversations.replies({ channel: "C0INC", ts: "1234567890.000001" }))).toBe(
      "thread_not_found",
    );
  });

  test("history is newest first, within its limits, page by page", async () => {
    const stamps: string[] = [];
    for (const text of ["a", "b", "c"]) stamps.push(await post({ text }));
    const first = await client.conversations.history({ channel: "C0INC", limit: 2 });
    expect(first.messages?.map(({ text }) => text)).toEqual(["c", "b"]);
    const cursor = first.response_metadata?.next_cursor ?? "";
    const second = await client.conversations.history({ channel: "C0INC", limit: 2, cursor });
    expect(second).toMatchObject({ has_more: false, messages: [{ text: "a" }] });
    const later = await client.conversations.history({ channel: "C0INC", oldest: stamps[1] ?? "" });
    expect(later.messages?.map(({ text }) => text)).toEqual(["c"]);
    expect(await code(client.conversations.history({ channel: "C0OPEN" }))).toBe("not_in_channel");
  });

  test("users.info tells guests, deactivated, foreign and bot accounts apart", async () => {
    const user = async (id: string) => (await client.users.info({ user: id })).user;
    expect(await user("U0ANA")).toMatchObject({ deleted: false, is_restricted: false, tz: "Europe/Berlin" });
    expect(await user("U0GUS")).toMatchObject({ is_restricted: true, is_ultra_restricted: true });
    expect(await user("U0EVE")).toMatchObject({ deleted: true });
    expect(await user("W0ZOE")).toMatchObject({ team_id: "T0ELSEWHERE", is_stranger: true });
    expect(await user(slack.botUserId)).toMatchObject({ is_bot: true });
    expect(await code(client.users.info({ user: "U0NONE" }))).toBe("user_not_found");
    expect(await code(client.conversations.open({ users: "U0EVE" }))).toBe("user_disabled");
  });

  test("a user group leaves out deactivated accounts unless asked", async () => {
    expect((await client.usergroups.users.list({ usergroup: "S0LEADS" })).users).toEqual(["U0BEN"]);
    const all = await client.usergroups.users.list({ usergroup: "S0LEADS", include_disabled: true });
    expect(all.users).toEqual(["U0BEN", "U0EVE"]);
    slack.groups.set("S0LEADS", ["U0ANA"]);
    expect((await client.usergroups.users.list({ usergroup: "S0LEADS" })).users).toEqual(["U0ANA"]);
    expect(await code(client.usergroups.users.list({ usergroup: "S0NONE" }))).toBe("no_such_subteam");
  });

  test("conversations.info tells whether a channel is private or shared, and hides private channels from a bot outside", async () => {
    const info = async (channel: string) => (await client.conversations.info({ channel })).channel;
    expect(await info("C0SHARED")).toMatchObject({ is_ext_shared: true, is_private: false });
    expect(await info("C0OPEN")).toMatchObject({ is_member: false });
    expect(await code(client.conversations.info({ channel: "C0SECRET" }))).toBe("channel_not_found");
    const { channels } = await client.conversations.list({ types: "public_channel,private_channel" });
    expect(channels?.map(({ name }) => name)).toEqual(["incidents", "open", "shared"]);
    const { members } = await client.conversations.members({ channel: "C0SHARED" });
    expect(members).toEqual(["U0ANA", "W0ZOE", slack.botUserId]);
  });

  test("a file is uploaded in three steps and appears in the channel", async () => {
    await slack.stop();
    slack = await doubleWithPeople({ scopes: ["files:write"] });
    client = clientWith(slack.botToken);
    await client.files.uploadV2({ channel_id: "C0INC", filename: "heat.csv", content: "gate,count", title: "Heat" });
    expect(slack.record.uploads).toMatchObject([{ name: "heat.csv", title: "Heat", channel: "C0INC" }]);
    expect(slack.record.uploads[0]?.content.toString()).toBe("gate,count");
    expect(slack.messages("C0INC")[0]?.files).toHaveLength(1);
    expect(slack.violations).toEqual([]);
  });
});
