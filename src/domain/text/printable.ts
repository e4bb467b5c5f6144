import { INVISIBLE, OTHER_LINE_BREAKS } from "./invisible.js";

/** What a terminal may obey, hide or draw elsewhere instead of showing it. */
const UNPRINTABLE = new RegExp(`[${INVISIBLE}${OTHER_LINE_BREAKS}\\t\\n]|\\p{Cs}`, "gu");

/**
 * One line for a terminal that shows all that is in the text: control characters, line breaks, bidi marks and invisible
 * characters as `\u{1b}`. Idempotent. Whatever comes from a database, a file or another program passes it before it is
 * printed, or it could move the cursor and paint a result that is not there.
 */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);
}

/** {@link printable} for each line of a text of several. Only for texts whose line breaks are our own. */
export function printableLines(text: string): readonly string[] {
  return text.split("\n").map(printable);
}

/** JSON that a terminal may show: the same value, with everything unprintable in its strings escaped as JSON does. */
export function printableJson(value: unknown, indent?: number): string {
  const lines = JSON.stringify(value, null, indent).split("\n");
  return lines.map((line) => line.replace(UNPRINTABLE, escapedForJson)).join("\n");
}

/** JSON writes characters beyond U+FFFF as two halves. */
const escapedForJson = (character: string): string =>
  Array.from(
    { length: character.length },
    (_, at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, "0")}`,
  ).join("");
