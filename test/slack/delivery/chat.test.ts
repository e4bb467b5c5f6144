import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Fault, Message, SlackDouble } from "../../../demo/slack/index.js";
import { createChat } from "../../../src/slack/delivery/chat.js";
import { createWebClient } from "../../../src/slack/delivery/web-client.js";
import type { SlackDirectory } from "../../../src/slack/directory/directory.js";
import type { Chat, Posted } from "../../../src/usecases/ports/ports.js";
import { chatContract } from "../../contract/chat.js";
import { stillMine } from "../../support/alive.js";
import { DANA, opening, policySource, recordIn, recordOf } from "../messages/fixtures.js";
import { incidentWorkspace } from "../workspace.js";

type Job = Parameters<Chat["perform"]>[0];
/** Guards against a call that hangs; a loaded machine may take seconds to answer. */
const TIMEOUT_MS = 20_000;

let slack: SlackDouble;
let directory: SlackDirectory;
let chat: Chat;

async function start() {
  const workspace = await incidentWorkspace();
  slack = workspace.slack;
  directory = workspace.directory;
  chat = chatOf(TIMEOUT_MS);
}

function chatOf(timeoutMs: number): Chat {
  const client = createWebClient({ token: slack.botToken, apiUrl: slack.apiUrl, timeoutMs });
  return createChat({ client, directory, policy: policySource() });
}

const job = (more: Partial<Job> = {}): Job => ({
  effect: { kind: "alert.post" },
  record: recordIn("requested"),
  alert: null,
  outboxId: "row-1",
  readBack: false,
  stillMine,
  createdAt: new Date(),
  ...more,
});
const toDana = (more: Partial<Job> = {}): Job =>
  job({ effect: { kind: "dm.post", to: DANA, about: "ask", version: 2, step: 0 }, ...more });

async function posted(job: Job): Promise<Posted> {
  const delivery = await chat.perform(job);
  if (!delivery.ok) throw new Error(JSON.stringify(delivery));
  return delivery.posted;
}

const only = (messages: readonly Message[]): Message => {
  const [message, ...others] = messages;
  if (message === undefined || others.length > 0) throw new Error(`Expected one message, found ${messages.length}.`);
  return message;
};
const calls = (method: string) => slack.record.calls.filter((call) => call.method === method);

chatContract("createChat", async () => {
  await start();
  const double = slack;
  return {
    chat,
    textsIn: (place) =>
      (place.startsWith("#") ? double.messages(place) : double.inbox(place)).map((message) => message.text),
    loseNextAnswer: () => double.faults.set("chat.postMessage", { kind: "lost" }),
    cut: async () => {
      await double.faults.unreachable();
      return () => double.faults.reachable();
    },
    stop: () => double.stop(),
  };
});

describe("createChat", () => {
  beforeEach(start);
  afterEach(async () => {
    expect(slack.violations).toEqual([]);
    await slack.stop();
  });

  test("perform finds the channel by name, posts by id, and marks the message with the outbox id and the position in the trail", async () => {
    expect((await posted(job())).channel).toBe("C0INC");
    const message = only(slack.messages("#incidents"));
    const { seq, head } = recordIn("requested").entries.at(-1) ?? {};
    expect(message.metadata).toEqual({
      event_type: "breakglass_message",
      event_payload: { outbox_id: "row-1", seq, head },
    });
    expect(calls("chat.postMessage")[0]?.args).toMatchObject({ channel: "C0INC" });
    expect(String(calls("chat.postMessage")[0]?.args.unfurl_links)).toBe("false");
    expect(String(calls("chat.postMessage")[0]?.args.unfurl_media)).toBe("false");
  });

  test("an alert that is already posted is not posted again", async () => {
    const alert = { channel: "C0INC", ts: "1782136931.000100" };
    expect(await chat.perform(job({ alert }))).toEqual({ ok: true, posted: alert, found: true });
    expect(slack.messages("#incidents")).toEqual([]);
  });

  test("a broadcast reply also appears in the channel, and any other reply does not", async () => {
    const alert = await posted(job());
    const reply = (broadcast: boolean): Job =>
      job({
        alert,
        effect: { kind: "thread.post", about: "settled", version: 4, broadcast },
        record: recordIn("active"),
      });
    await posted(reply(true));
    await posted(reply(false));
    const [, broadcastReply, threadReply] = slack.messages("#incidents");
    expect(broadcastReply).toMatchObject({ thread_ts: alert.ts, reply_broadcast: true });
    expect(threadReply?.reply_broadcast).toBeUndefined();
  });

  test("perform opens the direct message conversation with a person once", async () => {
    await posted(toDana());
    await posted(toDana({ outboxId: "row-2" }));
    expect(slack.inbox(DANA)).toHaveLength(2);
    expect(calls("conversations.open")).toHaveLength(1);
  });

  test("the direct message that asks for approval links to the alert", async () => {
    await posted(toDana({ alert: { channel: "C0INC", ts: "1782136931.000100" } }));
    expect(JSON.stringify(only(slack.inbox(DANA)).blocks)).toMatch(
      /<https:\/\/[\w.]+\/archives\/C0INC\/p1782136931000100\|Open the alert>/,
    );
  });

  test("in a shared channel the alert, its replies and its updates leave out reason and target; direct messages keep them", async () => {
    slack.channels.update("C0INC", { shared: true });
    const alert = await posted(job());
    const denied = recordIn("denied");
    await posted(
      job({ alert, record: denied, effect: { kind: "thread.post", about: "settled", version: 3, broadcast: false } }),
    );
    await chat.update({ message: "alert", at: { ...alert, outboxId: "row-1" }, record: denied, stillMine });
    await posted(toDana());
    const inChannel = JSON.stringify(slack.record.messages.filter(({ message }) => message.channel === "C0INC"));
    expect(inChannel).toContain("left out: this channel is shared");
    for (const secret of ["Production login", "payments-api", "feature flag"]) expect(inChannel).not.toContain(secret);
    expect(JSON.stringify(slack.inbox(DANA))).toContain("Production login");
  });

  test("a post waits once while it is unknown whether the channel is shared, then goes out without the texts and says that it is unknown", async () => {
    slack.faults.set("conversations.info", { kind: "http", status: 500 }, "always");
    slack.faults.set("users.conversations", { kind: "http", status: 500 }, "always");
    expect(await chat.perform(job())).toEqual({
      ok: false,
      kind: "later",
      retryAfterMs: 1000,
      code: "sharing_unknown",
    });
    expect(slack.messages("#incidents")).toEqual([]);
    await posted(job({ readBack: true }));
    const { text } = only(slack.messages("#incidents"));
    expect(text).not.toContain("Production login");
    expect(text).toContain("could not be checked with Slack whether this channel is shared");
    expect(text).not.toContain("left out: this channel is shared");
  });

  test("an update removes a redacted text from the message", async () => {
    const alert = await posted(job());
    const redacted = recordOf(opening({}, { reason: null, target_typed: null }));
    await chat.update({ message: "alert", at: { ...alert, outboxId: "row-1" }, record: redacted, stillMine });
    expect(JSON.stringify(only(slack.messages("#incidents")))).not.toContain("Production login");
  });

  test("an update keeps the outbox id on the message, so the message is still found", async () => {
    const alert = await posted(job());
    await chat.update({ message: "alert", at: { ...alert, outboxId: "row-1" }, record: recordIn("denied"), stillMine });
    expect(await chat.perform(job({ readBack: true }))).toEqual({ ok: true, posted: alert, found: true });
  });

  test("reading back finds the post behind pages of other messages and never mistakes another row's post for it", async () => {
    slack.faults.set("chat.postMessage", { kind: "lost" });
    await chat.perform(job());
    const ts = only(slack.messages("#incidents")).ts;
    const client = createWebClient({ token: slack.botToken, apiUrl: slack.apiUrl, timeoutMs: TIMEOUT_MS });
    await Promise.all(
      Array.from({ length: 250 }, (_, n) => client.chat.postMessage({ channel: "C0INC", text: `line ${n}` })),
    );
    expect(await chat.perform(job({ readBack: true }))).toEqual({
      ok: true,
      posted: { channel: "C0INC", ts },
      found: true,
    });
    await posted(job({ readBack: true, outboxId: "row-2" }));
    expect(slack.messages("#incidents").filter((message) => message.metadata !== undefined)).toHaveLength(2);
  });

  test("a read-back that fails is ambiguous or deferred, and posts nothing", async () => {
    await posted(toDana());
    slack.faults.set("conversations.history", { kind: "http", status: 503 });
    expect(await chat.perform(toDana({ readBack: true }))).toMatchObject({ ok: false, kind: "ambiguous" });
    slack.faults.set("conversations.history", { kind: "rate_limit", retryAfter: 7 });
    expect(await chat.perform(toDana({ readBack: true }))).toMatchObject({
      ok: false,
      kind: "later",
      retryAfterMs: 7000,
    });
    expect(slack.inbox(DANA)).toHaveLength(1);
  });

  test("a message is posted although Slack refuses to say whether an earlier attempt posted it", async () => {
    slack.faults.set("conversations.history", { kind: "error", code: "not_in_channel" });
    await posted(job({ readBack: true }));
    expect(slack.messages("#incidents")).toHaveLength(1);
  });

  const outcomes: readonly [string, Fault, object][] = [
    ["a rate limit", { kind: "rate_limit", retryAfter: 3 }, { kind: "later", retryAfterMs: 3000, code: "ratelimited" }],
    ["an HTTP 500", { kind: "http", status: 500 }, { kind: "ambiguous", code: "http_500" }],
    ["an HTTP 408", { kind: "http", status: 408 }, { kind: "ambiguous", code: "http_408" }],
    ["an HTTP 404", { kind: "http", status: 404 }, { kind: "refused", code: "http_404" }],
    ["no answer in time", { kind: "hang" }, { kind: "ambiguous", code: "timeout" }],
    ["a lost answer", { kind: "lost" }, { kind: "ambiguous" }],
    ["a connection dropped before Slack does anything", { kind: "drop" }, { kind: "ambiguous" }],
    ["internal_error", { kind: "error", code: "internal_error" }, { kind: "ambiguous", code: "internal_error" }],
    ["fatal_error", { kind: "error", code: "fatal_error" }, { kind: "ambiguous", code: "fatal_error" }],
    [
      "service_unavailable",
      { kind: "error", code: "service_unavailable" },
      { kind: "ambiguous", code: "service_unavailable" },
    ],
    [
      "ratelimited",
      { kind: "error", code: "ratelimited" },
      { kind: "later", retryAfterMs: 30_000, code: "ratelimited" },
    ],
    ["is_archived", { kind: "error", code: "is_archived" }, { kind: "refused", code: "is_archived" }],
    ["invalid_auth", { kind: "error", code: "invalid_auth" }, { kind: "later", code: "invalid_auth" }],
  ];
  test.each(outcomes)("%s on a post or an update maps to the right delivery result", async (_, fault, expected) => {
    const at = await posted(toDana());
    if (fault.kind === "hang") chat = chatOf(250);
    slack.faults.set("chat.postMessage", fault);
    expect(await chat.perform(toDana({ outboxId: "row-2" }))).toMatchObject({ ok: false, ...expected });
    slack.faults.set("chat.update", fault);
    expect(
      await chat.update({
        message: `dm:${DANA}:ask:2`,
        at: { ...at, outboxId: "row-1" },
        record: recordIn("denied"),
        stillMine,
      }),
    ).toMatchObject({
      ok: false,
      ...expected,
    });
  });

  test("a refused connection defers posts and updates", async () => {
    const at = await posted(toDana());
    await slack.faults.unreachable();
    // The kept-alive connection drops first, which is ambiguous; the next one is refused, which is not.
    await chat.perform(toDana({ outboxId: "row-2" }));
    expect(await chat.perform(toDana({ outboxId: "row-2" }))).toMatchObject({
      ok: false,
      kind: "later",
      code: "econnrefused",
    });
    expect(
      await chat.update({
        message: `dm:${DANA}:ask:2`,
        at: { ...at, outboxId: "row-1" },
        record: recordIn("denied"),
        stillMine,
      }),
    ).toMatchObject({
      kind: "later",
    });
    await slack.faults.reachable();
  });

  test("a direct message to a deactivated account is refused with Slack's code", async () => {
    slack.people.update(DANA, { deactivated: true });
    expect(await chat.perform(toDana())).toEqual({ ok: false, kind: "refused", code: "user_disabled" });
  });

  test("every message is posted exactly once when one answer in five is lost", async () => {
    slack.faults.set("chat.postMessage", { kind: "lost" }, { probability: 0.2 });
    slack.faults.set("conversations.history", { kind: "http", status: 500 }, { probability: 0.2 });
    for (let n = 0; n < 40; n += 1) {
      let readBack = false;
      for (let done = false; !done; readBack = true)
        done = (await chat.perform(toDana({ outboxId: `row-${n}`, readBack }))).ok;
    }
    const ids = slack.inbox(DANA).map((message) => JSON.stringify(message.metadata));
    expect(ids).toHaveLength(40);
    expect(new Set(ids).size).toBe(40);
  });
});
