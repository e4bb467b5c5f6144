import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Piece, readLines, readMarkup } from "../../../demo/page/mrkdwn.js";

const text = (content: string): Piece => ({ kind: "text", text: content });

/** The visible text, without styles. */
const visibleText = (pieces: readonly Piece[]): string =>
  pieces.map((piece) => ("inside" in piece ? visibleText(piece.inside) : "text" in piece ? piece.text : "")).join("");

describe("Slack's markup on the demo page", () => {
  it.each<[string, readonly Piece[]]>([
    ["plain & simple", [text("plain & simple")]],
    ["&lt;b&gt; &amp;amp;", [text("<b> &amp;")]],
    [
      "*bold*, _italic_ and ~gone~",
      [
        { kind: "bold", inside: [text("bold")] },
        text(", "),
        { kind: "italic", inside: [text("italic")] },
        text(" and "),
        { kind: "strike", inside: [text("gone")] },
      ],
    ],
    [
      "*overdue for <!date^1700000000^{date} at {time}|then>*",
      [
        {
          kind: "bold",
          inside: [
            text("overdue for "),
            { kind: "date", seconds: 1_700_000_000, format: "{date} at {time}", fallback: "then" },
          ],
        },
      ],
    ],
    [
      "<@U0PRIYA> asks <!subteam^S0LEADS> in <#C0INCIDENTS|incidents>",
      [
        { kind: "user", id: "U0PRIYA" },
        text(" asks "),
        { kind: "group", id: "S0LEADS" },
        text(" in "),
        { kind: "channel", id: "C0INCIDENTS" },
      ],
    ],
    [
      "<https://example.com/a?b=1&amp;c=2|INC-1>",
      [{ kind: "link", href: "https://example.com/a?b=1&c=2", label: "INC-1" }],
    ],
    ["`*code*` stays", [{ kind: "code", text: "*code*" }, text(" stays")]],
    ["```\nmany\nlines\n```", [{ kind: "pre", text: "many\nlines" }]],
    ["<!channel>", [{ kind: "broadcast", id: "channel" }]],
    ["snake_case_names and 2*3*4", [text("snake_case_names and 2*3*4")]],
    ["* not bold *", [text("* not bold *")]],
  ])("%s is parsed into its pieces", (markup, pieces) => {
    expect(readMarkup(markup)).toEqual(pieces);
  });

  it("quotes and bullets are separated from the text around them", () => {
    expect(readLines("*Skipped*\n• one\n• two\n\nthen\n&gt; said\n>again")).toEqual([
      { kind: "text", text: "*Skipped*" },
      { kind: "list", text: "one\ntwo" },
      { kind: "text", text: "\nthen" },
      { kind: "quote", text: "said\nagain" },
    ]);
  });

  it.each(["<javascript:alert(1)|click>", "<data:text/html,x>", "<file:///etc/passwd|here>"])(
    "%s does not become a link",
    (markup) => {
      expect(readMarkup(markup).every(({ kind }) => kind === "text")).toBe(true);
    },
  );

  it("escaped text is read back exactly as it was typed", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", maxLength: 80 }), (typed) => {
        fc.pre(!/[`*_~\ue000-\uf8ff]/.test(typed));
        const escaped = typed.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
        expect(visibleText(readMarkup(escaped))).toBe(typed);
      }),
    );
  });
});
