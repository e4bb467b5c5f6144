import { INVISIBLE, OTHER_LINE_BREAKS } from "../../domain/text/invisible.js";

/**
 * Escapes untrusted text for Slack. Such text goes into `rich_text` or `plain_text` where possible. Where Slack takes only
 * markup (the top-level `text` of a message), it is escaped here, so that it can neither mention nor link.
 */

/** Invisible characters and lone surrogates. */
const HIDDEN = new RegExp(`[${INVISIBLE}]|\\p{Cs}`, "gu");
const LINE_BREAK = new RegExp(`\\r\\n|[${OTHER_LINE_BREAKS}]`, "gu");

/** `&`, `<` and `>` are Slack's control characters; nothing else starts a mention, a link or a date. */
export function escapeMarkup(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

/** One line without hidden characters; each run of white space becomes one space. */
export function plain(text: string): string {
  return plainLines(text).replace(/\s+/gu, " ").trim();
}

/** Like {@link plain}, but keeps line breaks, with at most one empty line in a row. */
export function plainLines(text: string): string {
  return text
    .replace(LINE_BREAK, "\n")
    .replace(HIDDEN, "")
    .replace(/[^\S\n]+/gu, " ")
    .replace(/ ?\n ?/g, "\n")
    .replace(/\n{3,}/g, "\n\n")
    .trim();
}

/** At most `max` UTF-16 code units, ending in `…` when text was cut. Never splits a character. */
export function truncate(text: string, max: number): string {
  if (text.length <= max) return text;
  let cut = "";
  for (const character of text) {
    if (cut.length + character.length > max - 1) break;
    cut += character;
  }
  return max < 1 ? "" : `${cut.trimEnd()}…`;
}

/** The text as one escaped line of at most `max` code units after escaping. Never splits an entity. */
export function escapeTo(text: string, max: number): string {
  const line = plain(text);
  const whole = escapeMarkup(line);
  if (whole.length <= max) return whole;
  let cut = "";
  for (const character of line) {
    const next = escapeMarkup(character);
    if (cut.length + next.length > max - 1) break;
    cut += next;
  }
  return max < 1 ? "" : `${cut.trimEnd()}…`;
}

/** Joins the parts that fit into `max` code units, and says how many more there are. */
export function joinWithin(parts: readonly string[], max: number, separator = " "): string {
  const all = parts.join(separator);
  if (all.length <= max) return all;
  for (let count = parts.length - 1; count > 0; count -= 1) {
    const some = `${parts.slice(0, count).join(separator)}${separator}and ${parts.length - count} more`;
    if (some.length <= max) return some;
  }
  return truncate(`${parts.length} in all`, max);
}

/** `a`, `a and b`, `a, b and c`. */
export function sentenceList(items: readonly string[]): string {
  const last = items.at(-1);
  if (last === undefined) return "";
  return items.length === 1 ? last : `${items.slice(0, -1).join(", ")} and ${last}`;
}
