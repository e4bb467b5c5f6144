import { INVISIBLE, OTHER_LINE_BREAKS } from "./invisible.js";

const UNSEEN = new RegExp(`[${INVISIBLE}]`, "gu");

/** Everything that breaks a line; CR LF is one break. */
const LINE_BREAK = new RegExp(`\\r\\n|[${OTHER_LINE_BREAKS}]`, "gu");

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
