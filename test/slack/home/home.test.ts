import { WebAPIPlatformError, WebAPIRateLimitedError } from "@slack/web-api";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createHomes } from "../../../src/slack/home/home.js";
import type { HomeContent } from "../../../src/usecases/api.js";
import { policySource } from "../messages/fixtures.js";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const SECOND = 1_000;
const refusal = (error: string) => new WebAPIPlatformError({ ok: false, error });

const EMPTY: HomeContent = {
  ok: true,
  now: new Date("2026-06-22T10:00:00.000Z"),
  mayInvoke: true,
  acks: [],
  unreadable: [],
  waits: null,
  open: [],
  openInAll: 0,
  readings: [],
};

/** Homes of these people, published through `stub.slack`. */
function homesOf(people: readonly string[]) {
  const published: { readonly user: string; readonly at: number; readonly seenState: number }[] = [];
  const warned: string[] = [];
  const stub = {
    /** Grows with each change; a Home shows the value at the time it was read. */
    state: 0,
    slack: async (_user: string): Promise<void> => {},
    /** Reading this person's board throws. */
    unreadable: "",
    /** Everybody else is no member, if this is set. */
    members: null as readonly string[] | null,
    /** How often a board was read. */
    read: 0,
  };
  let seenState = 0;
  const homes = createHomes(
    async (user) => {
      const stateRead = seenState;
      await stub.slack(user);
      published.push({ user, at: Date.now(), seenState: stateRead });
    },
    {
      inForce: policySource().current,
      homeOpened: async () => {},
      homeViewers: async () => people,
      home: async (who) => {
        stub.read += 1;
        if (stub.members?.includes(who.user) === false) return { ok: false, code: "guest" };
        if (who.user === stub.unreadable) throw new Error("The board cannot be read.");
        seenState = stub.state;
        return EMPTY;
      },
    },
    { debug: () => {}, info: () => {}, warn: (event) => void warned.push(event), error: () => {} },
  );
  const change = (): void => {
    stub.state += 1;
    homes.changed();
  };
  return {
    homes,
    stub,
    published,
    warned,
    change,
    of: (user: string) => published.filter((view) => view.user === user),
  };
}

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

test("many changes at once publish each viewer's Home once", async () => {
  const { published, change } = homesOf(["U0ADA", "U0LEA"]);
  for (let n = 0; n < 20; n += 1) change();
  expect(published).toEqual([]);
  await pass(60 * SECOND);
  expect(published.map(({ user, seenState }) => [user, seenState])).toEqual([
    ["U0ADA", 20],
    ["U0LEA", 20],
  ]);
});

test("no Home is published twice within three seconds, and the last change is shown", async () => {
  const { change, of } = homesOf(["U0ADA", "U0LEA"]);
  for (let ms = 0; ms < 30 * SECOND; ms += 100) {
    change();
    await pass(100);
  }
  await pass(10 * SECOND);
  for (const user of ["U0ADA", "U0LEA"]) {
    const times = of(user).map(({ at }) => at);
    expect(times.length).toBeGreaterThan(5);
    for (const [index, at] of times.slice(1).entries()) expect(at - (times[index] ?? 0)).toBeGreaterThanOrEqual(3_000);
    expect(of(user).at(-1)?.seenState).toBe(300);
  }
});

test("changes do not queue up while Slack is slow", async () => {
  const { stub, change, of } = homesOf(["U0ADA", "U0LEA"]);
  let answer = (): void => {};
  const answered = new Promise<void>((resolve) => {
    answer = resolve;
  });
  stub.slack = () => answered;
  change();
  await pass(2 * SECOND);
  for (let n = 0; n < 15; n += 1) {
    change();
    await pass(SECOND);
  }
  answer();
  await pass(600 * SECOND);
  expect(of("U0ADA").map(({ seenState }) => seenState)).toEqual([1, 16]);
  expect(of("U0LEA").map(({ seenState }) => seenState)).toEqual([16, 16]);
});

test("opening the Home publishes it at once, and opening it again a moment later shows what has changed", async () => {
  const { homes, stub, of } = homesOf([]);
  await homes.opened("U0ADA");
  expect(of("U0ADA")).toHaveLength(1);
  stub.state = 1;
  await homes.opened("U0ADA");
  expect(of("U0ADA")).toHaveLength(1);
  await pass(4 * SECOND);
  expect(of("U0ADA").map(({ seenState }) => seenState)).toEqual([0, 1]);
});

test("a rate limit stops all publishing until it ends, and then every Home is published", async () => {
  const { stub, change, published, of } = homesOf(["U0ADA", "U0LEA", "U0LOU"]);
  const attempts: number[] = [];
  const startedAt = Date.now();
  stub.slack = async () => {
    attempts.push(Date.now() - startedAt);
    if (Date.now() - startedAt < 20 * SECOND) throw new WebAPIRateLimitedError(25);
  };
  change();
  await pass(20 * SECOND);
  expect(attempts).toHaveLength(1);
  await pass(20 * SECOND);
  expect(published.map(({ user }) => user).sort()).toEqual(["U0ADA", "U0LEA", "U0LOU"]);
  expect(of("U0ADA")).toHaveLength(1);
});

test("publishing stops after five failures until something changes", async () => {
  const { stub, change, published, warned } = homesOf(["U0ADA"]);
  stub.slack = async () => {
    throw refusal("internal_error");
  };
  change();
  await pass(3_600 * SECOND);
  expect(warned).toHaveLength(5);
  stub.slack = async () => {};
  await pass(3_600 * SECOND);
  expect(published).toEqual([]);
  change();
  await pass(2 * SECOND);
  expect(published).toHaveLength(1);
});

test("a Home that Slack refuses or a board that cannot be read does not stop the other Homes", async () => {
  const { stub, change, published, warned } = homesOf(["U0GONE", "U0DORA", "U0LEA"]);
  stub.unreadable = "U0DORA";
  stub.slack = async (user) => {
    if (user === "U0GONE") throw refusal("user_not_found");
  };
  change();
  await pass(60 * SECOND);
  expect(published.map(({ user }) => user)).toEqual(["U0LEA"]);
  expect(warned).toEqual(["slack.home_not_drawn", "slack.home_not_read"]);
});

test("nothing is published after stop", async () => {
  const { homes, change, published } = homesOf(["U0ADA"]);
  change();
  homes.stop();
  change();
  await pass(60 * SECOND);
  expect(published).toEqual([]);
});

test("made-up viewers are read once an hour and never published, and displace nobody who has opened their Home", async () => {
  const madeUp = Array.from({ length: 300 }, (_, index) => `U0FAKE${index}`);
  const { homes, stub, change, published, of } = homesOf(madeUp);
  stub.members = ["U0ADA"];
  await homes.opened("U0ADA");
  await pass(10 * SECOND);
  for (let n = 0; n < 10; n += 1) {
    change();
    await pass(10 * SECOND);
  }
  expect(of("U0ADA")).toHaveLength(11);
  expect(published).toHaveLength(11);
  expect(stub.read).toBe(300 + 11);
  await pass(3_600 * SECOND);
  change();
  await pass(10 * SECOND);
  expect(stub.read).toBe(600 + 12);
});

test("a Home that Slack refused is not tried at each change, but again when it is opened", async () => {
  const { homes, stub, change, published, warned } = homesOf(["U0GONE"]);
  stub.slack = async () => {
    throw refusal("user_not_found");
  };
  for (let n = 0; n < 3; n += 1) {
    change();
    await pass(10 * SECOND);
  }
  expect(warned).toEqual(["slack.home_not_drawn"]);
  stub.slack = async () => {};
  await homes.opened("U0GONE");
  expect(published).toHaveLength(1);
});

test("a stranger who opens the Home is told so once, and left out of the changes", async () => {
  const { homes, stub, change, of } = homesOf([]);
  stub.members = [];
  await homes.opened("U0GUEST");
  change();
  await pass(60 * SECOND);
  expect(of("U0GUEST")).toHaveLength(1);
});
