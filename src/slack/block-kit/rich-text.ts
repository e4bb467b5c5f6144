import type {
  RichTextBlock,
  RichTextElement,
  RichTextList,
  RichTextQuote,
  RichTextSection,
  RichTextText,
} from "@slack/types";
import { DATE_FORMATS, type DateStyle, unixSeconds, utc } from "./dates.js";
import { plain, plainLines, truncate } from "./escape.js";
import { LIMITS } from "./limits.js";
import { USER_ID } from "./mentions.js";

/*
 * Untrusted text is sent as rich text. Its elements are data, so Slack reads nothing in the text as markup, a mention or a
 * link.
 */

interface TextStyle {
  readonly bold?: boolean;
  readonly italic?: boolean;
  readonly code?: boolean;
}

/** One line of text without hidden characters. Spaces at the ends stay; an empty text becomes a space. */
export function words(text: string, style?: TextStyle): RichTextText {
  const body = plain(`|${text}|`).slice(1, -1);
  const element: RichTextText = { type: "text", text: body === "" ? " " : body };
  return style === undefined ? element : { ...element, style };
}

/** Text of several lines, at most `max` code units. An empty text becomes a space. */
export function lines(text: string, max: number, style?: TextStyle): RichTextText {
  const body = truncate(plainLines(text), max);
  const element: RichTextText = { type: "text", text: body === "" ? " " : body };
  return style === undefined ? element : { ...element, style };
}

/** Mentions an account. */
export function person(user: string): RichTextElement {
  return USER_ID.test(user) ? { type: "user", user_id: user } : words(user);
}

/** A link with a bold label. Without the link when the URL is not http(s) or is too long for Slack. */
export function link(url: string, label: string): RichTextElement {
  const safe = /^https?:\/\//i.test(url) && url.length <= LIMITS.richTextLink;
  return safe ? { type: "link", url, text: plain(label), style: { bold: true } } : words(label, { bold: true });
}

/** A time, shown in the reader's time zone. */
export function moment(iso: string, style: DateStyle = "date-time"): RichTextElement {
  return { type: "date", timestamp: unixSeconds(iso), format: DATE_FORMATS[style], fallback: utc(iso) };
}

export function richSection(...elements: readonly RichTextElement[]): RichTextSection {
  return { type: "rich_text_section", elements: [...elements] };
}

export function richQuote(...elements: readonly RichTextElement[]): RichTextQuote {
  return { type: "rich_text_quote", elements: [...elements] };
}

/** A rich text block; `id` is its block id. */
export function richText(id: string, ...elements: RichTextBlock["elements"]): RichTextBlock {
  return { type: "rich_text", block_id: id, elements };
}

/** A bulleted list. */
export function bullets(items: readonly RichTextSection[]): RichTextList {
  return { type: "rich_text_list", style: "bullet", elements: [...items] };
}
