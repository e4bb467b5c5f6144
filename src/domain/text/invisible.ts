/*
 * The one list of characters that a reader does not see, as parts of a regular expression's character class. Used to
 * remove or to refuse them. The joiners U+200C and U+200D are not included, because Persian, Hindi and many emoji need
 * them; nor are the variation selectors of emoji.
 */

/** Control characters, except tab and line breaks. */
const CONTROL = String.raw`\u0000-\u0008\u000e-\u001f\u007f-\u0084\u0086-\u009f`;

/** Marks that change the direction of writing (bidi). */
const DIRECTION = String.raw`\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069`;

/** Zero-width: soft hyphen, grapheme joiners, fillers, zero-width spaces, invisible operators, byte order mark. */
const NO_ROOM = String.raw`\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u2060-\u2065\u206a-\u206f\u3164\ufeff\uffa0`;

/** Annotation marks, the object replacement, noncharacters, and the tags that can carry hidden text. */
const SMUGGLING = String.raw`\ufff9-\ufffc\ufffe\uffff\u{e0000}-\u{e007f}`;

/** All of them, for use between `[` and `]` with the flag `u`. */
export const INVISIBLE = `${CONTROL}${DIRECTION}${NO_ROOM}${SMUGGLING}`;

/** Line breaks other than the line feed: CR, vertical tab, form feed, NEL, line and paragraph separator. */
export const OTHER_LINE_BREAKS = String.raw`\r\u000b\u000c\u0085\u2028\u2029`;

/**
 * Characters that make a text look different from what it says: invisible characters, line breaks that do not look like
 * one, halves of surrogate pairs, and U+FFFD, which replaces bytes that were not UTF-8.
 */
const DECEIVING = new RegExp(`[${INVISIBLE}${OTHER_LINE_BREAKS}\\ufffd]|\\p{Cs}`, "u");

/** A deceiving character in a text, and where it is. */
export interface DeceivingCharacter {
  /** Its offset in UTF-16 code units. */
  offset: number;
  /** Its code point, such as `U+202E`. */
  name: string;
}

/** The first deceiving character of a text at or after `from`, or null. Tabs and line feeds are not among them. */
export function findDeceivingCharacter(text: string, from = 0): DeceivingCharacter | null {
  const found = DECEIVING.exec(text.slice(from));
  if (!found) return null;
  const code = found[0].codePointAt(0) ?? 0;
  return { offset: from + found.index, name: `U+${code.toString(16).toUpperCase().padStart(4, "0")}` };
}
