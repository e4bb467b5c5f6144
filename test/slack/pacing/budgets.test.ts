import { describe, expect, test } from "vitest";
import { Budgets, type WebApiCall } from "../../../src/slack/pacing/budgets.js";
import type { Urgency } from "../../../src/usecases/ports/urgency.js";

const MINUTE = 60_000;
const call = (method: string, channel: string | null = null): WebApiCall => ({ method, channel });

/** Budgets with a clock that the test sets. Calls end at once. */
function pacedBudgets(paced = true) {
  const budgets = new Budgets({ paced });
  let now = 1_000_000;
  const granted = (one: WebApiCall, urgency: Urgency = "person"): boolean => {
    const permission = budgets.ask(one, urgency, now);
    if (permission.granted) permission.counted.ended(now);
    return permission.granted;
  };
  return {
    budgets,
    granted,
    /** How many of these calls in a row are granted. */
    count: (one: WebApiCall, urgency?: Urgency): number => {
      for (let done = 0; done < 1_000; done += 1) if (!granted(one, urgency)) return done;
      return Number.POSITIVE_INFINITY;
    },
    wait: (one: WebApiCall, urgency: Urgency = "person"): number => {
      const permission = budgets.ask(one, urgency, now);
      return permission.granted ? 0 : permission.waitMs;
    },
    refused: (one: WebApiCall, ms: number) => budgets.refused(one, ms, now),
    putOff: (one: WebApiCall, urgency: Urgency, ms: number) => budgets.putOff(one, urgency, ms, now),
    pass: (ms: number) => {
      now += ms;
    },
  };
}

describe("A method", () => {
  test("is called as often in a minute as its tier allows, and again when the minute is over", () => {
    const { count, pass, wait } = pacedBudgets();
    expect(count(call("conversations.open"))).toBe(50);
    expect(count(call("usergroups.users.list"))).toBe(20);
    expect(count(call("users.info"))).toBe(100);
    expect(wait(call("users.info"))).toBeLessThanOrEqual(MINUTE + 100);
    pass(wait(call("users.info")));
    expect(count(call("users.info"))).toBe(100);
  });

  test("without a published rate is called freely", () => {
    expect(pacedBudgets().count(call("api.test"))).toBe(Number.POSITIVE_INFINITY);
  });

  test("leaves room for what is more urgent", () => {
    const { count } = pacedBudgets();
    const lookup = call("users.info");
    expect(count(lookup, "upkeep")).toBe(40);
    expect(count(lookup, "direct")).toBe(20);
    expect(count(lookup, "page")).toBe(20);
    expect(count(lookup, "channel")).toBe(10);
    expect(count(lookup, "person")).toBe(10);
  });

  test("counts a call until a minute after its end, because Slack counts it somewhere in between", () => {
    const { budgets, count, pass } = pacedBudgets();
    const slow = budgets.ask(call("conversations.open"), "person", 1_000_000);
    expect(count(call("conversations.open"))).toBe(49);
    pass(MINUTE + 100);
    if (slow.granted) slow.counted.ended(1_000_000 + MINUTE + 100);
    expect(count(call("conversations.open"))).toBe(49);
  });
});

describe("A channel", () => {
  test("gets one post a second, and other channels are not held up", () => {
    const { granted, pass } = pacedBudgets();
    const post = (channel: string) => granted(call("chat.postMessage", channel), "channel");
    expect([post("C1"), post("C1"), post("C2")]).toEqual([true, false, true]);
    pass(1_100);
    expect(post("C1")).toBe(true);
  });

  test("is forgotten after a while, so that a year of direct messages takes no memory", () => {
    const { granted, pass } = pacedBudgets();
    for (let n = 0; n < 3_000; n += 1) {
      expect(granted(call("chat.postMessage", `D${n}`))).toBe(true);
      pass(2_000);
    }
  });
});

describe("A refusal", () => {
  test("holds every call of its method until Retry-After is over, whatever the urgency, and no other method", () => {
    const { granted, pass, refused, wait } = pacedBudgets();
    expect(refused(call("chat.postMessage", "D1"), 30_000)).toBe(true);
    for (const urgency of ["person", "channel", "page", "direct", "upkeep"] as const) {
      expect(wait(call("chat.postMessage", "D2"), urgency)).toBe(30_000);
    }
    expect(granted(call("chat.update", "D2"))).toBe(true);
    pass(29_999);
    expect(granted(call("chat.postMessage", "D2"))).toBe(false);
    pass(1);
    expect(granted(call("chat.postMessage", "D2"))).toBe(true);
  });

  test("is news once, however many calls in flight are refused with it, and the longest time counts", () => {
    const { refused, wait } = pacedBudgets();
    const open = call("conversations.open");
    expect([refused(open, 20_000), refused(open, 30_000), refused(open, 10_000)]).toEqual([true, false, false]);
    expect(wait(open)).toBe(30_000);
  });

  test("below the published rate leaves half of it to the other instances for ten minutes", () => {
    const { count, pass, refused } = pacedBudgets();
    const open = call("conversations.open");
    refused(open, 1_000);
    pass(1_000);
    expect(count(open)).toBe(25);
    pass(10 * MINUTE);
    expect(count(open)).toBe(50);
  });

  test("is heeded where rates are not", () => {
    const { count, refused, wait } = pacedBudgets(false);
    expect(count(call("users.info"))).toBe(Number.POSITIVE_INFINITY);
    refused(call("users.info"), 5_000);
    expect(wait(call("users.info"))).toBe(5_000);
  });
});

test("Calls that are put off get times one after another, so that they do not all come back at once", () => {
  const { putOff, refused } = pacedBudgets();
  const open = call("conversations.open");
  refused(open, 30_000);
  const times = [1, 2, 3].map(() => putOff(open, "direct", 30_000));
  // 60 % of half of 50 a minute: one every 4 s.
  expect(times).toEqual([30_000, 34_000, 38_000]);
  expect(putOff(open, "page", 30_000)).toBe(30_000);
});
