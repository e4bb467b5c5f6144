const LOG_LINE = /^\s*log(!?):\s*/i;

/** Whether a thread reply starts with `log:` and is to be recorded. */
export const isLogLine = (text: string): boolean => LOG_LINE.test(text);

/** Whether a thread reply starts with `log!:`, and is to be recorded even if it looks like a secret. */
export const isLoggedAsItIs = (text: string): boolean => LOG_LINE.exec(text)?.[1] === "!";

/** The line without the leading `log:`. */
export const withoutLogMark = (text: string): string => text.replace(LOG_LINE, "");

/** A message as the person typed it: without Slack's markup for links and mentions, and without escapes. No part goes past the next `<`, so that many of them cost no more than one. */
export function asTyped(text: string): string {
  return text
    .replace(/<(https?:\/\/[^<>|\s]+)(?:\|[^<>]*)?>/g, "$1")
    .replace(/<mailto:([^<>|\s]+)(?:\|[^<>]*)?>/g, "$1")
    .replace(/<#[A-Z0-9]+\|([^<>]*)>/g, "#$1")
    .replace(/<!subteam\^[A-Z0-9]+\|@?([^<>]*)>/g, "@$1")
    .replace(/<[@#!]([^<>|]+)(?:\|[^<>]*)?>/g, "@$1")
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&amp;", "&");
}
