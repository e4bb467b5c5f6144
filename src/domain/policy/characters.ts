/**
 * Characters that make a text look different from what it says: control characters, marks that turn the direction of
 * writing, invisible spaces, halves of surrogate pairs, and the sign that stands where bytes were not UTF-8.
 * The joiners U+200C and U+200D are let through: Persian, Hindi and many emoji need them.
 */
const DECEIVING =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: finding control characters is what this is for
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060\u2066-\u2069\ufeff\ufffd]|\p{Cs}/u;

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
