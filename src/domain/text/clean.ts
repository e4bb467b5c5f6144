import { INVISIBLE, OTHER_LINE_BREAKS } from "./invisible.js";

const UNSEEN = new RegExp(`[${INVISIBLE}]`, "gu");

/** Every line break except the line feed; CR LF is one break. */
const LINE_BREAK = new RegExp(`\\r\\n|[${OTHER_LINE_BREAKS}]`, "gu");

/** `broken`: half of a surrogate pair. UTF-8 cannot encode it, so the stored text would differ from the typed one. */
export type TextProblem = "broken";

/** The cleaned text, or what is wrong with the typed one. */
export type Cleaned =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly problem: TextProblem };

/**
 * Normalises typed text: NFC, no control, bidi or invisible characters, tabs as spaces, line feeds as the only line
 * breaks, trimmed. An empty text is accepted; each field decides whether it may be empty and how long it may be.
 * Idempotent.
 */
export function cleanText(typed: string): Cleaned {
  if (/\p{Cs}/u.test(typed)) return { ok: false, problem: "broken" };
  const text = typed.replace(LINE_BREAK, "\n").replaceAll("\t", " ").replace(UNSEEN, "").normalize("NFC").trim();
  return { ok: true, text };
}
