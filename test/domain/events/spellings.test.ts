import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readBypassName, splitBypassName } from "../../../src/domain/events/names.js";
import { dice } from "../../support/reliability/seed.js";

describe("the name of a bypass as people type it", () => {
  test.each([
    ["BG\u20131", 1],
    ["BG\u20141", 1],
    ["BG\u22121", 1],
    ["BG\u20111", 1],
    ["bg 42", 42],
    ["Bg\u00a042", 42],
    ["BG-42.", 42],
    ["#BG-42", 42],
    ["#42", 42],
    ["`BG-42`", 42],
    ["*BG-42*,", 42],
    ["\u201cBG-42\u201d", 42],
    ["(BG-42)", 42],
    ["BG-042", 42],
    ["BG#42", 42],
    ["BG-\u200b42", 42],
    ["\uff22\uff27\uff0d\uff14\uff12", 42],
    ["BG-42?!", 42],
    ["bg  - #42", 42],
    ["BG-0042", 42],
    ["0042", 42],
  ])("%j is understood", (typed, n) => {
    expect(readBypassName(typed)).toBe(n);
  });

  test.each([
    "",
    "BG-",
    "BG-0",
    "REV-42",
    "BG-42x",
    "xBG-42",
    "4 2",
    "BG-4.2",
    "1234567890",
    "INC-42",
    "-42",
    "x BG 42",
    "BG",
    "BG-00",
    "BG-4 2",
    "ABG 42",
  ])("%j is not taken for one", (typed) => {
    expect(readBypassName(typed)).toBeNull();
  });

  test.each([
    ["BG-42 restarted  the queue", 42, "restarted  the queue"],
    ["BG-42: done", 42, "done"],
    ["BG\u201342, done", 42, "done"],
    ["bg 42 - done", 42, "done"],
    ["BG-42 \u2013 done", 42, "done"],
    ["42 7 servers restarted", 42, "7 servers restarted"],
    ["BG-42 -f was left out", 42, "-f was left out"],
    ["BG-42", 42, ""],
    ["  BG 42 \u2013 done", 42, "done"],
    ["bg   42 done", 42, "done"],
    ["BG-42\n\nfirst line\nsecond", 42, "first line\nsecond"],
    ["BG-42 -  done", 42, "done"],
  ])("leads a line: %j", (typed, n, rest) => {
    expect(splitBypassName(typed)).toEqual({ n, rest });
  });

  test.each(["done", "restarted BG-42", "BG-4.2 done", "BG done", "", "REV-42 done", "we did bg 42", "bg"])(
    "leads no line: %j",
    (typed) => {
      expect(splitBypassName(typed)).toBeNull();
    },
  );

  const spelling = fc
    .record({
      n: fc.integer({ min: 1, max: 999_999_999 }),
      before: fc.constantFrom("", "#", "`", "*", " ", "(", "\u201c", "\u200b"),
      name: fc.constantFrom("BG", "bg", "Bg", "bG", "\uff22\uff27"),
      dash: fc.constantFrom(
        "-",
        "",
        " ",
        "\u00a0",
        "\u2010",
        "\u2011",
        "\u2012",
        "\u2013",
        "\u2014",
        "\u2212",
        "\ufe63",
        "\uff0d",
        "-#",
      ),
      after: fc.constantFrom("", ".", ",", ":", ";", "!", "?", "`", "*", ")", "\u201d", "\u2026", " ", "\u200b"),
    })
    .map(({ n, before, name, dash, after }) => ({ n, text: `${before}${name}${dash}${n}${after}` }));

  test("is understood in any case, with any dash and in any surroundings", () => {
    const seed = dice("spellings").seed;
    fc.assert(
      fc.property(spelling, ({ n, text }) => readBypassName(text) === n),
      { seed, numRuns: 5_000 },
    );
  });

  test("is never read as another number than the digits that stand there", () => {
    const seed = dice("spellings").seed;
    const text = fc.string({
      unit: fc.constantFrom(..."BGbgRE-\u2013. #0123456789x:`\uff12".split("")),
      maxLength: 14,
    });
    fc.assert(
      fc.property(text, (typed) => {
        const n = readBypassName(typed);
        const digits = typed.normalize("NFKC").replace(/\D/g, "").replace(/^0+/, "");
        return n === null || String(n) === digits;
      }),
      { seed, numRuns: 20_000 },
    );
  });
});
