import { expect, test } from "vitest";
import { type Message, renderPlain } from "../../../demo/slack/index.js";

const names = {
  people: new Map([["U1", { name: "ana", displayName: "Ana" }]]),
  groups: new Map([["S1", { handle: "leads" }]]),
  channels: new Map([["C1", { name: "incidents" }]]),
};
const message = (text: string, blocks: object[] = []): Message => ({
  channel: "C1",
  ts: "1800000000.000001",
  user: "U0",
  text,
  blocks: blocks.map((block) => ({ ...block })),
  broadcast: false,
});
const shown = (text: string, timeZone?: string) =>
  renderPlain(message(text), { names, ...(timeZone ? { timeZone } : {}) });

test("mentions are shown by name, or by id when the name is unknown", () => {
  expect(shown("<@U1> in <#C1|x> asks <!subteam^S1> and <@U9>")).toBe("@Ana in #incidents asks @leads and @U9");
  expect(shown("<!channel> hi")).toBe("@channel hi");
});

test("dates are shown in the reader's time zone", () => {
  const text = "ends <!date^1800000000^{date_short} {time}|later>";
  expect(shown(text)).toBe("ends 15 Jan 2027 08:00");
  expect(shown(text, "Europe/Berlin")).toBe("ends 15 Jan 2027 09:00");
  expect(shown("<!date^1800000000^{time}^https://x.example|later>")).toBe("08:00");
});

test("links show label and address, markup shows its text, and entities show their characters", () => {
  expect(shown("<https://x.example|INC-1> *now* _or_ ~never~ 2*3*4 a &lt;b&gt; &amp;amp;")).toBe(
    "INC-1 (https://x.example) now or never 2*3*4 a <b> &amp;",
  );
});

test("plain text is shown unchanged", () => {
  const block = { type: "section", text: { type: "plain_text", text: "*not bold* <@U1>" } };
  expect(renderPlain(message("", [block]), { names })).toBe("*not bold* <@U1>");
});

test("blocks are shown line by line, with buttons in brackets", () => {
  const text = { type: "plain_text", text: "Approve" };
  const blocks = [
    { type: "header", text: { type: "plain_text", text: "BG-1" } },
    { type: "section", fields: [{ type: "mrkdwn", text: "*Who* <@U1>" }] },
    { type: "divider" },
    {
      type: "context",
      elements: [
        { type: "mrkdwn", text: "a" },
        { type: "plain_text", text: "b" },
      ],
    },
    {
      type: "rich_text",
      elements: [
        {
          type: "rich_text_quote",
          elements: [
            { type: "text", text: "down" },
            { type: "user", user_id: "U1" },
          ],
        },
      ],
    },
    {
      type: "actions",
      elements: [
        { type: "button", text },
        { type: "button", text: { ...text, text: "Deny" } },
      ],
    },
  ];
  expect(renderPlain(message("fallback", blocks), { names }).split("\n")).toEqual([
    "BG-1",
    "Who @Ana",
    "────────",
    "a · b",
    "> down@Ana",
    "[Approve] [Deny]",
  ]);
});
