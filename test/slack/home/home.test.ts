import { WebAPIPlatformError, WebAPIRateLimitedError } from "@slack/web-api";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createHomes } from "../../../src/slack/home/home.js";
import type { HomeBoard } from "../../../src/usecases/api.js";
import { policySource } from "../messages/fixtures.js";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const SECOND = 1_000;
const refusal = (error: string) => new WebAPIPlatformError({ ok: false, error });

const EMPTY: HomeBoard = {
  ok: true,
  now: new Date("2026-06-22T10:00:00.000Z"),
  mayInvoke: true,
  acks: [],
  waits: null,
  open: [],
  readings: [],
};

/** Homes of these people, at a Slack that does what `slack` says. */
function homesOf(people: readonly string[]) {
  const drawn: { readonly user: string; readonly at: number; readonly saw: number }[] = [];
  const warned: string[] = [];
  const world = {
    /** Grows with each change; what a Home shows is how far it had come when it was read. */
    state: 0,
    slack: async (_user: string): Promise<void> => {},
    /** While the board of this person is read, it fails. */
    unreadable: "",
  };
  let saw = 0;
  const homes = createHomes(
    async (user) => {
      const own = saw;
      await world.slack(user);
      drawn.push({ user, at: Date.now(), saw: own });
    },
    {
      inForce: policySource().current,
      homeOpened: async () => {},
      homeViewers: async () => people,
      home: async (who) => {
        if (who.user === world.unreadable) throw new Error("a board that cannot be read");
        saw = world.state;
        return EMPTY;
      },
    },
    { debug: () => {}, info: () => {}, warn: (event) => void warned.push(event), error: () => {} },
  );
  const change = (): void => {
    world.state += 1;
    homes.changed();
  };
  return { homes, world, drawn, warned, change, of: (user: string) => drawn.filter((one) => one.user === user) };
}

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

test("many changes at once are drawn once, for everybody who looks", async () => {
  const { drawn, change } = homesOf(["U0ADA", "U0LEA"]);
  for (let n = 0; n < 20; n += 1) change();
  expect(drawn).toEqual([]);
  await pass(60 * SECOND);
  expect(drawn.map(({ user, saw }) => [user, saw])).toEqual([
    ["U0ADA", 20],
    ["U0LEA", 20],
  ]);
});

test("nobody's Home is drawn twice within three seconds, and the last change is shown", async () => {
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
    expect(of(user).at(-1)?.saw).toBe(300);
  }
});

test("while Slack is slow, changes do not pile up", async () => {
  const { world, change, of } = homesOf(["U0ADA", "U0LEA"]);
  let answer = (): void => {};
  const answered = new Promise<void>((resolve) => {
    answer = resolve;
  });
  world.slack = () => answered;
  change();
  await pass(2 * SECOND);
  for (let n = 0; n < 15; n += 1) {
    change();
    await pass(SECOND);
  }
  answer();
  await pass(600 * SECOND);
  expect(of("U0ADA").map(({ saw }) => saw)).toEqual([1, 16]);
  expect(of("U0LEA").map(({ saw }) => saw)).toEqual([16, 16]);
});

test("who opens it sees it at once, and one who opens it again a moment later sees what has changed", async () => {
  const { homes, world, of } = homesOf([]);
  await homes.opened("U0ADA");
  expect(of("U0ADA")).toHaveLength(1);
  world.state = 1;
  await homes.opened("U0ADA");
  expect(of("U0ADA")).toHaveLength(1);
  await pass(4 * SECOND);
  expect(of("U0ADA").map(({ saw }) => saw)).toEqual([0, 1]);
});

test("where Slack limits the rate nobody is tried until it may be, and then everybody is drawn", async () => {
  const { world, change, drawn, of } = homesOf(["U0ADA", "U0LEA", "U0LOU"]);
  const asked: number[] = [];
  const begun = Date.now();
  world.slack = async () => {
    asked.push(Date.now() - begun);
    if (Date.now() - begun < 20 * SECOND) throw new WebAPIRateLimitedError(25);
  };
  change();
  await pass(20 * SECOND);
  expect(asked).toHaveLength(1);
  await pass(20 * SECOND);
  expect(drawn.map(({ user }) => user).sort()).toEqual(["U0ADA", "U0LEA", "U0LOU"]);
  expect(of("U0ADA")).toHaveLength(1);
});

test("a Slack that does not come back is left alone until something changes", async () => {
  const { world, change, drawn, warned } = homesOf(["U0ADA"]);
  world.slack = async () => {
    throw refusal("internal_error");
  };
  change();
  await pass(3_600 * SECOND);
  expect(warned).toHaveLength(5);
  world.slack = async () => {};
  await pass(3_600 * SECOND);
  expect(drawn).toEqual([]);
  change();
  await pass(2 * SECOND);
  expect(drawn).toHaveLength(1);
});

test("one whose Home Slack refuses, or whose board cannot be read, keeps nobody else from theirs", async () => {
  const { world, change, drawn, warned } = homesOf(["U0GONE", "U0DORA", "U0LEA"]);
  world.unreadable = "U0DORA";
  world.slack = async (user) => {
    if (user === "U0GONE") throw refusal("user_not_found");
  };
  change();
  await pass(60 * SECOND);
  expect(drawn.map(({ user }) => user)).toEqual(["U0LEA"]);
  expect(warned).toEqual(["slack.home_not_drawn", "slack.home_not_read"]);
});

test("after the stop nothing is drawn", async () => {
  const { homes, change, drawn } = homesOf(["U0ADA"]);
  change();
  homes.stop();
  change();
  await pass(60 * SECOND);
  expect(drawn).toEqual([]);
});
