import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createDamped } from "../../src/lib/damped.js";

const lines: (readonly [string, Record<string, unknown>])[] = [];

beforeEach(() => {
  lines.length = 0;
  vi.useFakeTimers();
});
afterEach(() => vi.useRealTimers());

const damped = () => createDamped((event, fields) => void lines.push([event, fields]), 60_000);

describe("createDamped", () => {
  it("writes the first line at once, and at most one a minute with the number after it", () => {
    const log = damped();
    for (let i = 0; i < 200; i += 1) log.write("forged", "refused", { why: "forged" });
    expect(lines).toEqual([["refused", { why: "forged" }]]);
    vi.advanceTimersByTime(60_000);
    expect(lines.slice(1)).toEqual([["refused", { why: "forged", count: 199 }]]);
    log.write("forged", "refused", { why: "forged" });
    expect(lines).toHaveLength(2);
    vi.advanceTimersByTime(60_000);
    expect(lines.slice(2)).toEqual([["refused", { why: "forged", count: 1 }]]);
    vi.advanceTimersByTime(60_000);
    log.write("forged", "refused", { why: "forged" });
    expect(lines).toHaveLength(4);
  });

  it("writes at once again after what happened is over, and nothing of what was held back", () => {
    const log = damped();
    for (let i = 0; i < 3; i += 1) log.write("down", "down", {});
    log.forget();
    log.write("down", "down", {});
    expect(lines).toEqual([
      ["down", {}],
      ["down", {}],
    ]);
  });

  it("tells kinds apart, and says nothing more about a single one", () => {
    const log = damped();
    log.write("a", "refused", { why: "a" });
    log.write("b", "refused", { why: "b" });
    vi.advanceTimersByTime(120_000);
    expect(lines).toHaveLength(2);
  });

  it("forgets the oldest of too many kinds, so that a flood of kinds does not fill the memory", () => {
    const log = damped();
    for (let kind = 0; kind < 1_000; kind += 1) log.write(`${kind}`, "refused", {});
    log.flush();
    expect(vi.getTimerCount()).toBe(0);
  });
});
