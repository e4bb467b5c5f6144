import { byType, type Check, flag, list, object, oneOf, text, whole } from "./check.js";

const style: Check = object({
  optional: { bold: flag, italic: flag, strike: flag, code: flag, underline: flag, highlight: flag, unlink: flag },
});
const styled = (required: Record<string, Check>, optional: Record<string, Check> = {}): Check =>
  object({ required, optional: { style, ...optional } });

const inline = {
  text: styled({ text: text(12_000, 1) }),
  link: styled({ url: text(3000, 1) }, { text: text(3000), unsafe: flag }),
  user: styled({ user_id: text(64, 1) }),
  usergroup: styled({ usergroup_id: text(64, 1) }),
  channel: styled({ channel_id: text(64, 1) }),
  team: styled({ team_id: text(64, 1) }),
  broadcast: styled({ range: oneOf("here", "channel", "everyone") }),
  emoji: styled({ name: text(255, 1) }, { unicode: text(255), url: text(3000) }),
  color: styled({ value: text(16, 1) }),
  date: styled(
    { timestamp: whole(0, 253_402_300_799), format: text(255, 1) },
    { url: text(3000), fallback: text(3000) },
  ),
} satisfies Record<string, Check>;

const inlines = list(byType(inline), 10_000, 0);
const border = whole(0, 1);
const section: Check = object({ required: { elements: inlines } });
const literal = list(byType({ text: inline.text, link: inline.link }), 10_000, 0);

/** The four kinds of paragraph inside a `rich_text` block. */
export const richTextElements: Check = list(
  byType({
    rich_text_section: section,
    rich_text_quote: object({ required: { elements: inlines }, optional: { border } }),
    rich_text_preformatted: object({ required: { elements: literal }, optional: { border, language: text(64) } }),
    rich_text_list: object({
      required: { elements: list(byType({ rich_text_section: section }), 1000), style: oneOf("bullet", "ordered") },
      optional: { indent: whole(0, 8), offset: whole(0, 10_000), border },
    }),
  }),
  1000,
  0,
);
