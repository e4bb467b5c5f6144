import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cleanText } from "../../../src/domain/text/clean.js";
import { sizeOf } from "../../support/reliability/seed.js";

const text = (typed: string): string => {
  const cleaned = cleanText(typed);
  if (!cleaned.ok) throw new Error(`refused: ${cleaned.problem}`);
  return cleaned.text;
};

describe("Typed text is cleaned", () => {
  test.each([
    ["surrounding space is removed", "  down since 02:14 \n", "down since 02:14"],
    ["a text of invisible characters becomes empty", " \u200b\t ", ""],
    ["bidi marks are removed", "approve \u202egnihton\u202c \u2066x\u2069 \u200fy\u061c", "approve gnihton x y"],
    ["control characters are removed", "a\u0000b\u0007c\u001bd\u007fe\u0090f", "abcdef"],
    ["every line break becomes a line feed", "a\r\nb\rc\u2028d\u2029e\u0085f\n\ng", "a\nb\nc\nd\ne\nf\n\ng"],
    ["a tab becomes a space", "a\tb", "a b"],
    ["zero-width characters are removed", "pass\u200bword\u2060\ufeff\u00ad!", "password!"],
    ["hidden tag characters are removed", "ok\u{e0041}\u{e0042}", "ok"],
    ["letters are composed", "Zu\u0308rich", "Zürich"],
    ["a combining mark after an invisible character is composed too", "u\u200b\u0308", "ü"],
    ["joiners are kept, for emoji and for Persian", "👩‍🚒 می‌خواهم", "👩‍🚒 می‌خواهم"],
  ])("so that %s", (_, typed, expected) => {
    expect(text(typed)).toBe(expected);
  });

  test("but refused with half of a surrogate pair, which could not be stored as typed", () => {
    expect(cleanText("a\ud83d b")).toEqual({ ok: false, problem: "broken" });
  });

  test("and cleaning it again changes nothing", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (typed) => {
        const once = cleanText(typed);
        if (once.ok) expect(text(once.text)).toBe(once.text);
      }),
      { numRuns: sizeOf("PROPERTY_RUNS", 2_000) },
    );
  });
});
