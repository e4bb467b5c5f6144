import { afterEach, beforeEach, expect, test } from "vitest";
import type { SlackDouble } from "../../../demo/slack/index.js";
import { FORCES, VERDICTS } from "../../../src/domain/events/catalogue/review.js";
import type { Reading } from "../../../src/domain/gate/readings.js";
import { NOT_FOLLOWED_UP } from "../../../src/domain/reminders/due-now.js";
import { createChat } from "../../../src/slack/delivery/chat.js";
import { createWebClient } from "../../../src/slack/delivery/web-client.js";
import type { ActionSummary, Chat, NoticeContent, RecordedGateItem } from "../../../src/usecases/ports/ports.js";
import { stillMine } from "../../support/alive.js";
import { DANA, PRIYA, policySource } from "../messages/fixtures.js";
import { incidentWorkspace } from "../workspace.js";

const SLOT = "2026-06-22T13:00:00.000Z";
const action: ActionSummary = {
  n: 42,
  kind: "bypass",
  action: 1,
  version: 9,
  identity: "0123456789abcdef01234567",
  owner: PRIYA,
  dueAt: SLOT,
  putOffUntil: null,
  what: "Rotate the payments key.",
};
const lists = { now: "2026-06-22T14:00:00.000Z", reviews: [], actions: [action], gates: [], drills: [] } as const;
const overdue: NoticeContent = { kind: "overdue", channel: "#incidents", ...lists };
const waits: NoticeContent = { kind: "waits", to: DANA, ...lists };

const reading: Reading = {
  gate: "e2e-suite",
  temperature: "healthy",
  because: null,
  count: 3,
  before: 0,
  counting: 0,
  forcedBy: Object.fromEntries(FORCES.map((force) => [force, 0])) as Reading["forcedBy"],
  verdicts: Object.fromEntries(VERDICTS.map((verdict) => [verdict, 0])) as Reading["verdicts"],
  reviewed: 0,
  atFault: 0,
  unreviewed: 3,
  openSeconds: 60,
  bypasses: [],
  fixedAt: SLOT,
};
const item: RecordedGateItem = {
  gate: "e2e-suite",
  item: 1,
  identity: "0123456789abcdef01234567",
  status: "fixed",
  owner: "on-call-lead",
  openedSeq: 7,
  openedAt: SLOT,
  dueAt: SLOT,
  closedAt: SLOT,
  fixedAt: SLOT,
  progress: NOT_FOLLOWED_UP,
};
const gate: NoticeContent = {
  kind: "gate",
  about: "closed",
  channel: "#incidents",
  now: SLOT,
  item,
  evidence: {
    type: "gate.flagged",
    gate: "e2e-suite",
    item: 1,
    owner: "on-call-lead",
    dueAt: SLOT,
    because: "count",
    count: 3,
    reviewed: 0,
    atFault: 0,
    windowSeconds: 2_592_000,
    bypasses: [1, 2, 3],
  },
  reading,
  marks: [
    {
      seq: 9,
      head: "0123456789abcdef01234567",
      item: 1,
      what: "changed",
      at: SLOT,
      reason: "Customer Initech leaked.",
    },
  ],
};

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

const job = (content: NoticeContent, readBack = false): Parameters<Chat["notice"]>[0] => ({
  notice:
    content.kind === "waits"
      ? { kind: "reminder.post", to: DANA, slot: SLOT }
      : { kind: "overdue.post", channel: "#incidents", slot: SLOT },
  content,
  thread: null,
  outboxId: "row-9",
  readBack,
  stillMine,
  createdAt: new Date(),
});

test("a notice whose answer was lost is found by reading back, and is posted once", async () => {
  slack.faults.set("chat.postMessage", { kind: "lost" });
  expect(await chat.notice(job(waits))).toMatchObject({ ok: false, kind: "ambiguous" });
  expect(await chat.notice(job(waits, true))).toMatchObject({ ok: true, found: true });
  expect(slack.inbox(DANA)).toHaveLength(1);
});

test("notices never quote what an action asks for, because a later redaction could not remove it", async () => {
  expect(await chat.notice(job(overdue))).toMatchObject({ ok: true });
  expect(await chat.notice(job(waits))).toMatchObject({ ok: true });
  for (const posts of [slack.messages("C0INC"), slack.inbox(DANA)]) {
    expect(JSON.stringify(posts)).not.toContain("payments key");
    expect(JSON.stringify(posts)).toContain("Action 1");
  }
});

test("a gate notice in a shared channel leaves out the owner's reason", async () => {
  slack.channels.update("C0INC", { shared: true });
  const parent = await chat.notice(job(overdue));
  if (!parent.ok) throw new Error(parent.code);
  expect(
    await chat.notice({
      ...job(gate),
      notice: { kind: "gate.reply", gate: "e2e-suite", item: 1 },
      thread: parent.posted,
    }),
  ).toMatchObject({ ok: true });
  const text = JSON.stringify(slack.messages("C0INC"));
  expect(text).toContain("is recorded as changed");
  expect(text).not.toContain("Initech");
});

test("a notice waits while it is unknown whether the channel is shared", async () => {
  slack.faults.set("conversations.info", { kind: "http", status: 500 }, "always");
  slack.faults.set("users.conversations", { kind: "http", status: 500 }, "always");
  expect(await chat.notice(job(overdue))).toMatchObject({ ok: false, kind: "later" });
  expect(slack.messages("C0INC")).toEqual([]);
});
