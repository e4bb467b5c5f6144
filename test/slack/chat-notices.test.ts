import { afterEach, beforeEach, expect, test } from "vitest";
import type { SlackDouble } from "../../src/demo/slack/index.js";
import { createChat } from "../../src/slack/chat.js";
import { createWebClient } from "../../src/slack/web-client.js";
import type { ActionSummary, Board, Chat } from "../../src/usecases/ports.js";
import { DANA, PRIYA, policySource } from "./messages/fixtures.js";
import { incidentWorkspace } from "./workspace.js";

const SLOT = "2026-06-22T13:00:00.000Z";
const action: ActionSummary = {
  n: 42,
  action: 1,
  version: 9,
  owner: PRIYA,
  dueAt: SLOT,
  snoozedUntil: null,
  what: "Rotate the payments key.",
};
const lists = { now: "2026-06-22T14:00:00.000Z", reviews: [], actions: [action], gates: [], drills: [] } as const;
const overdue: Board = { kind: "overdue", channel: "#incidents", ...lists };
const waits: Board = { kind: "waits", to: DANA, ...lists };

let slack: SlackDouble;
let chat: Chat;
beforeEach(async () => {
  const workspace = await incidentWorkspace();
  slack = workspace.slack;
  const client = createWebClient({ token: slack.botToken, apiUrl: slack.apiUrl, timeoutMs: 20_000 });
  chat = createChat({ client, directory: workspace.directory, policy: policySource() });
});
afterEach(async () => {
  expect(slack.violations).toEqual([]);
  await slack.stop();
});

const job = (board: Board, readBack = false): Parameters<Chat["notice"]>[0] => ({
  notice:
    board.kind === "waits"
      ? { kind: "nudge.post", to: DANA, slot: SLOT }
      : { kind: "overdue.post", channel: "#incidents", slot: SLOT },
  board,
  thread: null,
  outboxId: "row-9",
  readBack,
  createdAt: new Date(),
});

test("a notice is found again when its answer was lost, and stands once", async () => {
  slack.faults.set("chat.postMessage", { kind: "lost" });
  expect(await chat.notice(job(waits))).toMatchObject({ ok: false, kind: "ambiguous" });
  expect(await chat.notice(job(waits, true))).toMatchObject({ ok: true, found: true });
  expect(slack.inbox(DANA)).toHaveLength(1);
});

test("in a shared channel a notice leaves out what people typed; a direct message does not", async () => {
  slack.channels.update("C0INC", { shared: true });
  expect(await chat.notice(job(overdue))).toMatchObject({ ok: true });
  expect(await chat.notice(job(waits))).toMatchObject({ ok: true });
  expect(JSON.stringify(slack.messages("C0INC"))).not.toContain("payments key");
  expect(JSON.stringify(slack.messages("C0INC"))).toContain("text left out");
  expect(JSON.stringify(slack.inbox(DANA))).toContain("payments key");
});

test("whether the channel is shared has to be known before anything is told in it", async () => {
  slack.faults.set("conversations.info", { kind: "http", status: 500 }, "always");
  expect(await chat.notice(job(overdue))).toMatchObject({ ok: false, kind: "later" });
  expect(slack.messages("C0INC")).toEqual([]);
});
