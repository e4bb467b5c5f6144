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
 * Untrusted words reach Slack as rich text: its elements are data, so nothing in a text is read as markup, a mention or a
 * link.
 */

interface Look {
  readonly bold?: boolean;
  readonly italic?: boolean;
  readonly code?: boolean;
}

/** A run of words, without hidden characters; spaces at the ends stay. An empty text becomes a space. */
export function words(text: string, look?: Look): RichTextText {
  const body = plain(`|${text}|`).slice(1, -1);
  const element: RichTextText = { type: "text", text: body === "" ? " " : body };
  return look === undefined ? element : { ...element, style: look };
}

/** Words that may run over several lines, at most `max` code units. */
export function lines(text: string, max: number, look?: Look): RichTextText {
  const body = truncate(plainLines(text), max);
  const element: RichTextText = { type: "text", text: body === "" ? " " : body };
  return look === undefined ? element : { ...element, style: look };
}

/** Mentions an account. */
export function person(user: string): RichTextElement {
  return USER_ID.test(user) ? { type: "user", user_id: user } : words(user);
}

/** A link whose label is bold; a URL that Slack would not take, or that is not http(s), is left out. */
export function link(url: string, label: string): RichTextElement {
  const safe = /^https?:\/\//i.test(url) && url.length <= LIMITS.richTextLink;
  return safe ? { type: "link", url, text: plain(label), style: { bold: true } } : words(label, { bold: true });
}

/** A moment in the reader's time zone. */
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
