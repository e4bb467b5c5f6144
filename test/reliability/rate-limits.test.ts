import { afterEach, describe, expect, test } from "vitest";
import type { ApiCall } from "../../demo/slack/index.js";
import { declare } from "../support/reliability/people.js";
import {
  alertIn,
  approvalIn,
  callsByMethod,
  type LargeGroup,
  openLargeGroup,
  REQUESTER,
  refusalsOf,
} from "../support/reliability/rate-limited.js";
import { isLongForm, report } from "../support/reliability/report.js";

const ASKED_AT_ONCE = 20;
/** Retry-After of the injected refusals, in seconds. */
const RETRY_AFTER = 5;
/** Calls that may be on their way when the first refusal arrives: one for each place of the delivery, here and in the queue. */
const IN_FLIGHT = 16;

let group: LargeGroup | undefined;
afterEach(async () => {
  await group?.close();
  group = undefined;
});

describe.each([60, 1_200, 2_000, 9_000])("With Slack's rates on and %d approvers in the user group", (size) => {
  test("the alert, the first pages and the approval are told at once, and Slack refuses nothing", async () => {
    group = await openLargeGroup(size);
    const { testApp, trail, asked } = group;
    const { slack } = testApp;
    const start = performance.now();
    const since = (from: number) => Math.round(performance.now() - from);

    await declare(slack, REQUESTER);
    const alert = await slack.until(() => alertIn(slack), "the alert");
    const alertMs = since(start);
    await slack.until(() => asked().length > 0, "the first page");
    const firstPageMs = since(start);
    await slack.until(() => asked().length === ASKED_AT_ONCE, `${ASKED_AT_ONCE} pages`);
    const pagesMs = since(start);
    const others = size - ASKED_AT_ONCE;
    const told = `${ASKED_AT_ONCE} of them are asked by direct message; this mention asks the other ${others.toLocaleString("en-US")}.`;
    await slack.until(() => slack.render(alertIn(slack) ?? alert).includes(told), "an alert that tells of the others");

    const pressed = performance.now();
    await slack.as(asked()[0] ?? "").click(alertIn(slack) ?? alert, "Approve");
    await slack.until(() => approvalIn(slack), "the approval in the thread");
    const approvalMs = since(pressed);
    await slack.until(
      () => asked().every((id) => slack.inbox(id).every((one) => /active/.test(one.text))),
      "direct messages that ask nobody any more",
    );
    await slack.settled();

    const [largest] = await trail.sql`
      SELECT max(rows)::integer AS rows FROM (SELECT count(*) AS rows FROM breakglass.outbox GROUP BY created_at) AS commits`;
    report("rate limits", {
      what: `declaration and approval with ${size} approvers in a group, at Slack's rates`,
      times: 1,
      seed: null,
      lost: 0,
      doubled: 0,
      stuck: 0,
      slowestMs: Math.max(alertMs, firstPageMs, approvalMs),
      more: {
        "alert ms": alertMs,
        "first page ms": firstPageMs,
        "all pages ms": pagesMs,
        "approval ms": approvalMs,
        "largest commit": Number(largest?.rows),
        refused: refusalsOf(slack).length,
        calls: callsByMethod(slack),
      },
    });
    expect(refusalsOf(slack)).toEqual([]);
    expect(Number(largest?.rows)).toBeLessThanOrEqual(ASKED_AT_ONCE + 10);
    expect(slack.record.calls.filter(({ method }) => method === "users.info").length).toBeLessThan(3 * ASKED_AT_ONCE);
    expect(asked()).toHaveLength(ASKED_AT_ONCE);
    if (isLongForm()) {
      expect(alertMs).toBeLessThan(1_000);
      expect(firstPageMs).toBeLessThan(2_000);
      expect(approvalMs).toBeLessThan(2_000);
    }
  }, 120_000);
});

describe("After a refusal", () => {
  test("no call of the method is made until Retry-After is over, while other methods go on; then everything goes out", async () => {
    group = await openLargeGroup(60);
    const { testApp, trail, asked } = group;
    const { slack } = testApp;
    const isDirect = ({ channel }: { readonly channel?: unknown }) => String(channel).startsWith("D");
    slack.faults.set(
      "chat.postMessage",
      { kind: "rate_limit", retryAfter: RETRY_AFTER },
      { next: 1, where: (args) => isDirect(args) && String(args.text).includes("Can approve") },
    );
    await declare(slack, REQUESTER);
    const refusal = await slack.until(() => refusalsOf(slack)[0], "a refused direct message");
    await slack.until(() => opened(slack.record.calls) > ASKED_AT_ONCE, "conversations with everybody to ask");
    await testApp.sweep();
    await slack.settled();
    const later = laterThan(slack.record.calls, refusal);
    expect(later.length).toBeLessThan(IN_FLIGHT);
    const inBetween = later.filter(({ at }) => at > refusal.at + 1_000 && at < refusal.at + RETRY_AFTER * 1_000);
    expect(inBetween).toEqual([]);
    // Conversations were opened meanwhile, by a method that was not refused.
    const isOther = ({ method, n }: ApiCall) => method === "conversations.open" && n > refusal.n;
    expect(slack.record.calls.filter(isOther).length).toBeGreaterThan(0);

    await slack.until(() => asked().length === ASKED_AT_ONCE, `${ASKED_AT_ONCE} pages`);
    const first = laterThan(slack.record.calls, refusal).find(({ at }) => at > refusal.at + 1_000);
    expect((first?.at ?? 0) - refusal.at).toBeGreaterThanOrEqual(RETRY_AFTER * 1_000 - 50);
    expect(refusalsOf(slack)).toHaveLength(1);
    // Nobody looked for the message that was certainly not posted, and nothing was given up.
    const lookedUp = slack.record.calls.filter(
      ({ method, args }) => method === "conversations.history" && args.channel === refusal.args.channel,
    );
    expect(lookedUp).toEqual([]);
    const sent = async () => (await trail.entries(1)).filter(({ type }) => type === "page.sent").length;
    await expect.poll(sent).toBe(ASKED_AT_ONCE);
    expect((await trail.entries(1)).filter(({ type }) => type === "page.failed")).toEqual([]);
  }, 120_000);
});

const opened = (calls: readonly ApiCall[]): number =>
  calls.filter(({ method, ok }) => method === "conversations.open" && ok).length;

/** The calls of the same method after this one. */
const laterThan = (calls: readonly ApiCall[], { method, n }: ApiCall): readonly ApiCall[] =>
  calls.filter((call) => call.method === method && call.n > n);
