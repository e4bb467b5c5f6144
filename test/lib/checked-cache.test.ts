import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { CheckedCache } from "../../src/lib/checked-cache.js";

const LIMITS = { freshMs: 1_000, usableMs: 10_000, waitMs: 100 };

interface Question {
  readonly id: string;
  answer(value: string): void;
  fail(): void;
}

let nowMs: number;
let questions: Question[];
let cache: CheckedCache<string>;

const ask = (id: string) =>
  new Promise<string>((resolve, reject) => {
    questions.push({ id, answer: resolve, fail: () => reject(new Error("no answer")) });
  });

/** Looks something up and answers the requests that this causes. */
async function getAnswered(id: string, value: string) {
  const asked = questions.length;
  const got = cache.get(id);
  for (const question of questions.slice(asked)) question.answer(value);
  return got;
}

/** Looks something up while the source fails. */
async function getFailed(id: string) {
  const asked = questions.length;
  const got = cache.get(id);
  for (const question of questions.slice(asked)) question.fail();
  return got;
}

beforeEach(() => {
  nowMs = 1_000_000;
  questions = [];
  cache = new CheckedCache(ask, () => nowMs, LIMITS);
});
afterEach(() => {
  vi.useRealTimers();
});

describe("A fresh answer", () => {
  test("is returned again until it exceeds the allowed age by a millisecond", async () => {
    expect(await getAnswered("x", "first")).toEqual({ value: "first", asOfMs: 1_000_000, stale: false });
    nowMs += 1_000;
    expect(await cache.get("x")).toEqual({ value: "first", asOfMs: 1_000_000, stale: false });
    nowMs += 1;
    expect(await getAnswered("x", "second")).toEqual({ value: "second", asOfMs: 1_001_001, stale: false });
  });

  test("is dated by its request, however long the answer took", async () => {
    const slow = cache.get("x");
    nowMs += 600;
    questions[0]?.answer("slow");
    expect(await slow).toMatchObject({ asOfMs: 1_000_000, stale: false });
    nowMs += 401;
    expect(await getAnswered("x", "new")).toMatchObject({ value: "new" });
  });

  test("does not count after the clock is set back before its request", async () => {
    await getAnswered("x", "first");
    nowMs -= 1;
    expect(await getAnswered("x", "second")).toMatchObject({ value: "second", stale: false });
    nowMs -= 1;
    expect(await getFailed("x")).toBeNull();
  });
});

describe("Concurrent lookups", () => {
  test("share one request per id", async () => {
    const crowd = Promise.all(["x", "y", "x", "x", "y"].map((id) => cache.get(id)));
    expect(questions.map(({ id }) => id)).toEqual(["x", "y"]);
    for (const { id, answer } of questions) answer(`of ${id}`);
    expect((await crowd).map((got) => got?.value)).toEqual(["of x", "of y", "of x", "of x", "of y"]);
  });

  test("share one request when an old answer must be replaced", async () => {
    await getAnswered("x", "old");
    nowMs += 5_000;
    const crowd = Promise.all([cache.get("x"), cache.get("x")]);
    expect(questions).toHaveLength(2);
    questions[1]?.answer("new");
    expect((await crowd).map((got) => got?.value)).toEqual(["new", "new"]);
  });

  test("all fall back on the last answer when their request fails", async () => {
    await getAnswered("x", "old");
    nowMs += 5_000;
    const crowd = Promise.all([cache.get("x"), cache.get("x")]);
    questions[1]?.fail();
    const old = { value: "old", asOfMs: 1_000_000, stale: true };
    expect(await crowd).toEqual([old, old]);
  });
});

describe("A source that cannot answer", () => {
  test("is replaced by its last answer, marked stale with its time, until that is too old", async () => {
    await getAnswered("x", "old");
    nowMs += 10_000;
    expect(await getFailed("x")).toEqual({ value: "old", asOfMs: 1_000_000, stale: true });
    nowMs += 1;
    expect(await getFailed("x")).toBeNull();
  });

  test("is asked again at the next lookup, because failures are not cached", async () => {
    expect(await getFailed("x")).toBeNull();
    expect(await getAnswered("x", "first")).toMatchObject({ value: "first", stale: false });
    nowMs += 5_000;
    expect(await getFailed("x")).toMatchObject({ value: "first", stale: true });
    expect(await getAnswered("x", "second")).toMatchObject({ value: "second", stale: false });
  });

  test("times out, and its late answer is not kept", async () => {
    vi.useFakeTimers();
    await getAnswered("x", "old");
    nowMs += 5_000;
    const late = cache.get("x");
    await vi.advanceTimersByTimeAsync(100);
    expect(await late).toMatchObject({ value: "old", stale: true });
    questions[1]?.answer("late");
    await vi.advanceTimersByTimeAsync(0);
    expect(await getFailed("x")).toMatchObject({ value: "old", stale: true });
  });
});

describe("A forgotten answer", () => {
  test("is requested again and is no fallback", async () => {
    await getAnswered("x", "first");
    cache.forget("x");
    expect(await getFailed("x")).toBeNull();
    expect(await getAnswered("x", "second")).toMatchObject({ value: "second" });
  });

  test("is given to the callers that already wait for it but not kept, whichever answer comes last", async () => {
    const before = cache.get("x");
    cache.forget("x");
    const after = cache.get("x");
    questions[1]?.answer("new");
    expect((await after)?.value).toBe("new");
    questions[0]?.answer("old");
    expect((await before)?.value).toBe("old");
    expect((await cache.get("x"))?.value).toBe("new");
  });

  test("is no fallback when a lookup in flight fails", async () => {
    await getAnswered("x", "old");
    nowMs += 5_000;
    const before = cache.get("x");
    cache.forget("x");
    questions[1]?.fail();
    expect(await before).toBeNull();
  });

  test("leaves the answers about other ids alone", async () => {
    await getAnswered("x", "of x");
    await getAnswered("y", "of y");
    cache.forget("x");
    expect(await getFailed("y")).toMatchObject({ value: "of y", stale: false });
  });
});

test("a full cache drops the least recently used answer", async () => {
  cache = new CheckedCache(ask, () => nowMs, LIMITS, 2);
  await getAnswered("x", "of x");
  await getAnswered("y", "of y");
  await cache.get("x");
  await getAnswered("z", "of z");
  expect((await cache.get("x"))?.value).toBe("of x");
  expect(questions.map(({ id }) => id)).toEqual(["x", "y", "z"]);
  expect(await getAnswered("y", "of y again")).toMatchObject({ value: "of y again" });
});

test("false, empty and null answers are cached like any other", async () => {
  const values: unknown[] = [false, "", null, undefined];
  const any = new CheckedCache<unknown>(
    async (id) => values[Number(id)],
    () => nowMs,
    LIMITS,
  );
  for (const [index, value] of values.entries())
    expect(await any.get(`${index}`)).toEqual({ value, asOfMs: nowMs, stale: false });
});
