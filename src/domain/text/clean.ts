/**
 * What may not stand in a text: control characters, marks that turn the direction of writing, characters that take no
 * room, and the tag characters with which text can be smuggled unseen. The joiners U+200C and U+200D stay, because
 * Persian, Hindi and many emoji need them; so do variation selectors.
 */
const UNSEEN =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: finding control characters is what this is for
  /\u034f|[\u17b4\u17b5]|[\u180b-\u180f]|[\u0000-\u0008\u000e-\u001f\u007f-\u0084\u0086-\u009f\u00ad\u061c\u115f\u1160\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\u{e0000}-\u{e007f}]/gu;

/** Everything that breaks a line: CR LF, CR, vertical tab, form feed, NEL, line and paragraph separator. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: some line breaks are control characters
const LINE_BREAK = /\r\n|[\r\u000b\u000c\u0085\u2028\u2029]/gu;

/** `broken`: half of a surrogate pair, which UTF-8 cannot hold, so that the text read back would not be the one typed. */
export type TextProblem = "broken";

export type Cleaned =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly problem: TextProblem };

/**
 * The form in which everything that was typed goes on: NFC, without control, bidi and unseen characters, tabs as
 * spaces, line feeds as the only line breaks, without space around it. An empty text is fine here; whether one may be
 * empty, and how long it may be, is for the field to say. Cleaning twice is cleaning once.
 */
export function cleanText(typed: string): Cleaned {
  if (/\p{Cs}/u.test(typed)) return { ok: false, problem: "broken" };
  const text = typed.replace(LINE_BREAK, "\n").replaceAll("\t", " ").replace(UNSEEN, "").normalize("NFC").trim();
  return { ok: true, text };
}
