import { expect, test } from "vitest";
import { cleanText } from "../../../src/domain/text/clean.js";
import { findDeceivingCharacter } from "../../../src/domain/text/invisible.js";
import { plain } from "../../../src/slack/block-kit/escape.js";

const UNSEEN: readonly (readonly [string, number])[] = [
  ["a control character", 0x07],
  ["a control character of the second row", 0x90],
  ["the soft hyphen", 0xad],
  ["the grapheme joiner", 0x34f],
  ["the Arabic letter mark", 0x61c],
  ["the Hangul filler", 0x3164],
  ["the Mongolian vowel separator", 0x180e],
  ["the zero width space", 0x200b],
  ["the right-to-left override", 0x202e],
  ["the word joiner", 0x2060],
  ["an isolate", 0x2067],
  ["the byte order mark", 0xfeff],
  ["an annotation mark", 0xfff9],
  ["a noncharacter", 0xffff],
  ["a tag character", 0xe0041],
];

test.each(UNSEEN)("%s is removed from typed text, refused in a policy and never shown", (_, code) => {
  const text = `a${String.fromCodePoint(code)}b`;
  expect(cleanText(text)).toEqual({ ok: true, text: "ab" });
  expect(findDeceivingCharacter(text)).toMatchObject({ offset: 1 });
  expect(plain(text)).toBe("ab");
});

test("joiners and variation selectors are kept in typed text, in a policy and in messages", () => {
  const text = "👩‍🚒 ❤️ می‌خواهم";
  expect(cleanText(text)).toEqual({ ok: true, text });
  expect(findDeceivingCharacter(text)).toBeNull();
  expect(plain(text)).toBe(text);
});
