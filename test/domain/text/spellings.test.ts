import fc from "fast-check";
import { expect, test } from "vitest";
import { spellingsOf } from "../../../src/domain/text/spellings.js";
import { dice } from "../../support/reliability/seed.js";

test.each([
  ["inc-219", "INC-219"],
  ["INC\u2013219", "INC-219"],
  ["INC-219.", "INC-219"],
  ["#INC-219", "INC-219"],
  ["inc 219", "INC-219"],
  ["INC219", "INC-219"],
  ["https://incidents.example.com/INC-219?tab=1", "INC-219"],
  ["https://incidents.example.com/i/inc-219/", "INC-219"],
  ["PAY_7", "pay_7"],
])("%j may mean %j", (typed, meant) => {
  expect(spellingsOf(typed)).toContain(meant);
});

test("what was typed comes first, so that an id that fits is never changed", () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1, maxLength: 60 }), (typed) => {
      const [first] = spellingsOf(typed);
      return first === undefined || first === typed.trim();
    }),
    { seed: dice("spellings").seed, numRuns: 5_000 },
  );
});

test("no spelling has other letters and digits than what was typed, but for case", () => {
  const letters = (text: string): string =>
    text
      .normalize("NFKC")
      .replace(/[^\p{L}\p{N}]/gu, "")
      .toLowerCase();
  const typed = fc.string({ unit: fc.constantFrom(..."INCinc-\u2013 219.#_x".split("")), maxLength: 20 });
  fc.assert(
    fc.property(typed, (text) => spellingsOf(text).every((one) => letters(one) === letters(text))),
    { seed: dice("spellings").seed, numRuns: 5_000 },
  );
});
