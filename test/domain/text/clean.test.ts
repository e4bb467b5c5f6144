import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cleanText } from "../../../src/domain/text/clean.js";
import { sizeOf } from "../../support/reliability/seed.js";

const text = (typed: string): string => {
  const cleaned = cleanText(typed);
  if (!cleaned.ok) throw new Error(`refused: ${cleaned.problem}`);
  return cleaned.text;
};

describe("What was typed is cleaned", () => {
  test.each([
    ["space around it goes", "  down since 02:14 \n", "down since 02:14"],
    ["a text can be empty", " \u200b\t ", ""],
    [
      "marks that turn the direction go",
      "approve \u202egnihton\u202c \u2066x\u2069 \u200fy\u061c",
      "approve gnihton x y",
    ],
    ["control characters go", "a\u0000b\u0007c\u001bd\u007fe\u0090f", "abcdef"],
    ["line feeds stay, and stand for every line break", "a\r\nb\rc\u2028d\u2029e\u0085f\n\ng", "a\nb\nc\nd\ne\nf\n\ng"],
    ["a tab is a space", "a\tb", "a b"],
    ["characters that take no room go", "pass\u200bword\u2060\ufeff\u00ad!", "password!"],
    ["smuggled tag characters go", "ok\u{e0041}\u{e0042}", "ok"],
    ["letters are composed", "Zu\u0308rich", "Zürich"],
    ["a mark that stood behind something unseen is composed too", "u\u200b\u0308", "ü"],
    ["joiners stay, for emoji and for Persian", "👩‍🚒 می‌خواهم", "👩‍🚒 می‌خواهم"],
  ])("%s", (_, typed, expected) => {
    expect(text(typed)).toBe(expected);
  });

  test("half of a surrogate pair is refused, because it could not be stored as typed", () => {
    expect(cleanText("a\ud83d b")).toEqual({ ok: false, problem: "broken" });
  });

  test("cleaning twice is cleaning once", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (typed) => {
        const once = cleanText(typed);
        if (once.ok) expect(text(once.text)).toBe(once.text);
      }),
      { numRuns: sizeOf("PROPERTY_RUNS", 2_000) },
    );
  });
});
