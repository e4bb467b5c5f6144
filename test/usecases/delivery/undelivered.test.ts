import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { Fault } from "../../../demo/slack/index.js";
import type { Effect } from "../../../src/domain/bypass/effects.js";
import { performEffect } from "../../../src/usecases/delivery/perform-effect.js";
import { denial, fresh, DANA as REQUESTER, waiver, withdrawal } from "../../contract/items.js";
import { DANA, LEE } from "../../slack/messages/fixtures.js";
import { type Delivering, openDelivering, type Row } from "../../support/delivering.js";

const ASK: Effect = { kind: "dm.post", to: LEE, about: "ask", version: 1, step: 0 };
const PENDING: Effect = { kind: "dm.post", to: DANA, about: "pending", version: 1, step: null };
const OUTCOME: Effect = { kind: "dm.post", to: DANA, about: "outcome", version: 1, step: null };
const PAGE: Effect = { kind: "page", purpose: "page", role: "on-call-lead", step: 0 };
const AWAY: Fault = { kind: "error", code: "message_limit_exceeded" };
const HOUR_S = 3_600;

let on: Delivering;
beforeAll(async () => {
  on = await openDelivering();
});
afterEach(async () => {
  on.slack.faults.clear();
  await on.rewind();
});
afterAll(() => on.close());

/** Tries again and again while time passes, in seconds from the declaration; 30 s is Slack's answer of "not now". */
async function tryUntil(effect: Effect, seconds: number, meanwhile: (n: number) => Promise<void> = async () => {}) {
  const { n, id } = await on.declared(effect);
  const rows: (Row | null)[] = [];
  for (let passed = 0; passed < seconds; passed += 30) {
    const process = on.process();
    await performEffect(process, id);
    rows.push(process.row());
    await on.advance(30_000);
  }
  await meanwhile(n);
  on.slack.faults.clear();
  const last = on.process();
  await performEffect(last, id);
  rows.push(last.row());
  return { n, rows, events: (await on.record(n)).entries.map(({ event }) => event) };
}

const inboxOf = (user: string, n: number) =>
  on.slack.messages(on.slack.dm(user)).filter(({ text }) => new RegExp(`BG-${n}\\b`).test(text));

const typesOf = (events: readonly { type: string }[]) =>
  events.map(({ type }) => type).filter((type) => type.startsWith("page."));

describe("A direct message that asks for a decision", () => {
  test("is tried while Slack is away for half an hour, its failure is recorded once, and its success after that", async () => {
    on.slack.faults.set("chat.postMessage", AWAY, "always");
    const { n, rows, events } = await tryUntil(ASK, HOUR_S / 2);
    expect(rows.slice(0, -1).every((row) => row?.[0] === "again")).toBe(true);
    expect(rows.at(-1)).toEqual(["finished"]);
    expect(inboxOf(LEE, n)).toHaveLength(1);
    expect(typesOf(events)).toEqual(["page.failed", "page.sent"]);
    const { state } = await on.record(n);
    expect(state.pageFailures).toEqual([]);
    expect(state.steps[0]?.outcome).toBe("sent");
  });

  test("is not recorded as failed before it is fifteen seconds old", async () => {
    on.slack.faults.set("chat.postMessage", AWAY, "always");
    const { n, id } = await on.declared(ASK);
    await on.advance(10_000);
    await performEffect(on.process(), id);
    expect((await on.record(n)).state.pageFailures).toEqual([]);
  });

  test("is tried on although Slack refuses it, and the refusal is recorded at once", async () => {
    on.slack.faults.set("chat.postMessage", { kind: "error", code: "restricted_action" }, "always");
    const { n, rows, events } = await tryUntil(ASK, 60);
    expect(rows).toEqual([
      ["again", 30_000, "restricted_action"],
      ["again", 30_000, "restricted_action"],
      ["finished"],
    ]);
    expect(typesOf(events)).toEqual(["page.failed", "page.sent"]);
    expect(inboxOf(LEE, n)).toHaveLength(1);
  });

  test.each([
    ["denied", [denial(), waiver()]],
    ["withdrawn", [withdrawal(), waiver()]],
  ] as const)("is no longer sent once the request was %s", async (_, ending) => {
    on.slack.faults.set("chat.postMessage", AWAY, "always");
    const { n, rows } = await tryUntil(ASK, 60, (n) => on.change(n, ...ending));
    expect(rows.at(-1)).toEqual(["finished"]);
    expect(inboxOf(LEE, n)).toEqual([]);
  });

  test("waits longer with each attempt, ten seconds at most, and as long as Slack asks", async () => {
    on.slack.faults.set("chat.postMessage", { kind: "drop" }, "always");
    const { id } = await on.declared(ASK);
    const pauses: number[] = [];
    for (let attempt = 0; attempt < 7; attempt += 1) {
      const process = on.process();
      await performEffect(process, id);
      pauses.push(Number(process.row()?.[1]));
      await on.advance(10_000);
    }
    expect(pauses).toEqual([1_000, 2_000, 4_000, 8_000, 10_000, 10_000, 10_000]);
    on.slack.faults.clear();
    on.slack.faults.set("chat.postMessage", { kind: "rate_limit", retryAfter: 77 }, "always");
    const process = on.process();
    await performEffect(process, id);
    expect(process.row()).toEqual(["put off", 77_000, "ratelimited"]);
  });
});

test("the requester's message with Withdraw is tried until the request is answered", async () => {
  on.slack.faults.set("chat.postMessage", AWAY, "always");
  const { n, rows } = await tryUntil(PENDING, HOUR_S / 2);
  expect(rows.at(-1)).toEqual(["finished"]);
  expect(inboxOf(REQUESTER.user, n)).toHaveLength(1);
});

test("any other direct message survives an hour without Slack", async () => {
  on.slack.faults.set("chat.postMessage", AWAY, "always");
  const { n, rows } = await tryUntil(OUTCOME, HOUR_S + 60);
  expect(rows.at(-1)).toEqual(["finished"]);
  expect(inboxOf(DANA, n)).toHaveLength(1);
}, 240_000);

describe("A page to a role", () => {
  test("is tried while its holders cannot be read, its failure recorded once, and its success after that", async () => {
    on.slack.faults.set("usergroups.users.list", { kind: "error", code: "internal_error" }, "always");
    const { rows, events } = await tryUntil(PAGE, 120);
    expect(rows.at(-1)).toEqual(["finished"]);
    expect(typesOf(events)).toEqual(["page.failed", "page.addressed"]);
  });

  test("that nobody holds is recorded as failed at once, and addressed as soon as somebody does", async () => {
    on.slack.groups.set("S0LEADS", []);
    await on.advance(60_000);
    const { n, id } = await on.declared(PAGE);
    const first = on.process();
    await performEffect(first, id);
    expect(first.row()).toEqual(["again", 30_000, "nobody_holds_role"]);
    expect((await on.record(n)).state.pageFailures).toMatchObject([{ role: "on-call-lead", user: null }]);
    on.slack.groups.set("S0LEADS", [LEE]);
    await on.advance(60_000);
    const second = on.process();
    await performEffect(second, id);
    expect(second.row()).toEqual(["finished"]);
    const { state } = await on.record(n);
    expect(state.asked.map(({ user }) => user)).toEqual([LEE]);
    expect(state.pageFailures).toEqual([]);
  });

  test("ends with the request", async () => {
    on.slack.groups.set("S0LEADS", []);
    await on.advance(60_000);
    const { rows } = await tryUntil(PAGE, 60, (n) => on.change(n, withdrawal(), waiver()));
    expect(rows.at(-1)).toEqual(["finished"]);
    on.slack.groups.set("S0LEADS", [DANA, LEE]);
  });
});

test("the reply about a failed page is not posted after the page has gone out", async () => {
  const { n, id } = await on.declared({ kind: "thread.post", about: "page-failed", version: 4, broadcast: false });
  const page = { step: 0, role: "on-call-lead" } as const;
  const bot = { kind: "system", part: "delivery" } as const;
  await on.change(n, fresh({ type: "page.failed", ...page, user: null, via: "slack", code: "role_unread" }, bot));
  await on.change(n, fresh({ type: "page.addressed", ...page, purpose: "page", users: [LEE], others: 0 }, bot));
  await performEffect(on.process(), id);
  expect(on.slack.messages("C0INC").filter(({ text }) => text.includes("could not page"))).toEqual([]);
});
