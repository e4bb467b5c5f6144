import { INVISIBLE, OTHER_LINE_BREAKS } from "../text/invisible.js";

/**
 * Characters that make a text look different from what it says: those that nobody sees, line breaks that do not look
 * like one, halves of surrogate pairs, and the sign that stands where bytes were not UTF-8.
 */
const DECEIVING = new RegExp(`[${INVISIBLE}${OTHER_LINE_BREAKS}\\ufffd]|\\p{Cs}`, "u");

/** A deceiving character that was found in a text, and where. */
export interface DeceivingCharacter {
  /** Its offset in UTF-16 code units. */
  offset: number;
  /** Its code point as people look it up, such as `U+202E`. */
  name: string;
}

/** The first deceiving character of a text at or after `from`, or null. Tabs and line feeds are not among them. */
export function findDeceivingCharacter(text: string, from = 0): DeceivingCharacter | null {
  const found = DECEIVING.exec(text.slice(from));
  if (!found) return null;
  const code = found[0].codePointAt(0) ?? 0;
  return { offset: from + found.index, name: `U+${code.toString(16).toUpperCase().padStart(4, "0")}` };
}
