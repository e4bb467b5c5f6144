import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { editDistance, nearestWord } from "../../../src/domain/text/nearest.js";

describe("the nearest known word", () => {
  const COMMANDS = ["status", "show", "stats", "reviews", "log", "close", "drill", "export", "help"];

  it.each([
    ["stauts", "status"],
    ["shwo", "show"],
    ["reveiws", "reviews"],
    ["hlep", "help"],
    ["STATUS", "status"],
    ["revi", "reviews"],
    ["lg", "log"],
  ])("of %s is %s", (word, nearest) => {
    expect(nearestWord(word, COMMANDS)).toBe(nearest);
  });

  it.each(["", "x", "deploy-everything", "zzzz"])("does not exist for %j", (word) => {
    expect(nearestWord(word, COMMANDS)).toBeNull();
  });

  it("treats camel case and hyphens like underscores", () => {
    expect(nearestWord("whoCanInvoke", ["who_can_ack", "who_can_invoke"])).toBe("who_can_invoke");
    expect(nearestWord("give-up-after", ["give_up_after"])).toBe("give_up_after");
  });

  it("is found quickly for an absurdly long word", () => {
    expect(nearestWord("a".repeat(1_000_000), COMMANDS)).toBeNull();
  });
});

describe("the distance of two words", () => {
  const word = fc.string({ maxLength: 12, unit: fc.constantFrom(..."abc") });

  it("is 0 only for equal words, symmetric, and at most the length of the longer word", () => {
    fc.assert(
      fc.property(word, word, (a, b) => {
        expect(editDistance(a, b) === 0).toBe(a === b);
        expect(editDistance(a, b)).toBe(editDistance(b, a));
        expect(editDistance(a, b)).toBeLessThanOrEqual(Math.max(a.length, b.length));
      }),
    );
  });

  it("counts two swapped neighbours as one change", () => {
    expect(editDistance("shwo", "show")).toBe(1);
    expect(editDistance("kitten", "sitting")).toBe(3);
  });
});
