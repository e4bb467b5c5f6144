import { describe, expect, it } from "vitest";
import { printable, printableJson } from "../../../src/domain/text/printable.js";

describe("a printable line", () => {
  it.each([
    ["\u001b[2J", "\\u{1b}[2J"],
    ["a\r\nfindings: 0\t", "a\\u{d}\\u{a}findings: 0\\u{9}"],
    ["\u009b2J\u0085", "\\u{9b}2J\\u{85}"],
    ["\u202egnp\u2066", "\\u{202e}gnp\\u{2066}"],
    ["a\u200bb\ufeff\u{e0041}", "a\\u{200b}b\\u{feff}\\u{e0041}"],
    ["\ud83d", "\\u{d83d}"],
    ["Grüße, 世界 👩🏽‍🚒", "Grüße, 世界 👩🏽‍🚒"],
  ])("shows %j as %j", (text, shown) => {
    expect(printable(text)).toBe(shown);
    expect(printable(shown)).toBe(shown);
  });

  it("is made of JSON without a change of its value", () => {
    const value = { "a\u009b": ["\u001b[2J\u202e\n", "\u{e0041}", "👩🏽‍🚒"] };
    const text = printableJson(value, 2);
    expect(JSON.parse(text)).toEqual(value);
    expect(text.split("\n").map(printable).join("\n")).toBe(text);
  });
});
