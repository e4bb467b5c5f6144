import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { dateToken, duration } from "../../../src/slack/block-kit/dates.js";
import {
  escapeMarkup,
  escapeTo,
  joinWithin,
  plain,
  plainLines,
  sentenceList,
  truncate,
} from "../../../src/slack/block-kit/escape.js";
import { mention, roleMention } from "../../../src/slack/block-kit/mentions.js";
import { policyOf } from "./fixtures.js";

const SEED = 7;
const unescaped = (text: string): string =>
  text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");

test("escaping removes every start of markup and loses nothing", () => {
  const any = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.string({ unit: fc.constantFrom("<", ">", "&", ";", "amp", "x") }),
  );
  fc.assert(
    fc.property(
      any,
      (text) => escapeMarkup(text).match(/[<>]|&(?!amp;|lt;|gt;)/) === null && unescaped(escapeMarkup(text)) === text,
    ),
    { seed: SEED },
  );
});

test("an escaped text is cut between characters, never inside an entity or a surrogate pair", () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom("&", "<", "a", "👩", " ") }), fc.nat({ max: 40 }), (text, max) => {
      const cut = escapeTo(text, max);
      return cut.length <= max && !/&(?!amp;|lt;|gt;)|\p{Cs}/u.test(cut);
    }),
    { seed: SEED },
  );
});

test("hidden characters are removed and white space collapses", () => {
  expect(plain("a\u202eb\u0000 \t\n c\u2066\ufeff")).toBe("ab c");
  expect(plainLines("a\r\n\r\n\r\n\r\nb \n c\u2028d")).toBe("a\n\nb\nc\nd");
  expect(plain("नमस्ते مرحبا 👩‍🚒")).toBe("नमस्ते مرحبا 👩‍🚒");
});

test("truncating keeps to the limit and to whole characters", () => {
  expect(truncate("👩👩👩", 4)).toBe("👩…");
  expect(truncate("abc", 3)).toBe("abc");
  expect(truncate("abcd", 3)).toBe("ab…");
});

test("a list says how many items do not fit", () => {
  expect(joinWithin(["aaa", "bbb"], 7)).toBe("aaa bbb");
  expect(joinWithin(["aaaaaaaa", "bbbbbbbb", "cccccccc"], 20)).toBe("aaaaaaaa and 2 more");
  expect(sentenceList(["a", "b", "c"])).toBe("a, b and c");
});

describe("mentions", () => {
  test("a role mentions its group and its listed accounts", () => {
    const policy = policyOf();
    expect(roleMention(policy, "on-call-lead")).toBe("<!subteam^S0LEADS>");
    expect(roleMention(policy, "incident-commander")).toBe("<@U0DANA>");
    expect(roleMention(policy, "constructor")).toBe("`constructor`");
  });

  test("a string that is not a user id does not become markup", () => {
    expect(mention("U0DANA")).toBe("<@U0DANA>");
    expect(mention("!channel>")).toBe("channel");
  });
});

test("a date token shows the reader's time zone and falls back to UTC", () => {
  expect(dateToken("2026-06-22T14:02:11.999Z")).toBe(
    "<!date^1782136931^{date_short_pretty} at {time}|2026-06-22 14:02 UTC>",
  );
  expect(dateToken("2026-06-22T14:02:11.000Z", "time", "a>b|c")).toBe("<!date^1782136931^{time}|a b c>");
});

test.each([
  [0, "0 s"],
  [59.9, "59 s"],
  [60, "1 min"],
  [90, "1 min 30 s"],
  [300, "5 min"],
  [3600, "60 min"],
  [5400, "1 h 30 min"],
  [7200, "2 h"],
  [187_200, "2 d 4 h"],
  [-5, "0 s"],
])("a duration of %d seconds is shown as %s", (seconds, expected) => {
  expect(duration(seconds)).toBe(expected);
});
