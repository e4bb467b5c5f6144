import { cleanText } from "../text/clean.js";
import { findSecret } from "../text/secrets.js";
import type { RefusalCode } from "./refusals.js";

/** The longest text that may be typed, in characters: the limit of a Slack text input. */
export const MAX_TEXT = 3000;

/** Cleans a typed text, or says why it cannot be recorded. Texts that look like a known kind of secret are refused. */
export function checkText(typed: string): { ok: true; text: string } | { ok: false; code: RefusalCode } {
  const cleaned = cleanText(typed);
  if (!cleaned.ok) return { ok: false, code: "text_invalid" };
  if (cleaned.text === "") return { ok: false, code: "reason_missing" };
  if (cleaned.text.length > MAX_TEXT) return { ok: false, code: "text_invalid" };
  return findSecret(cleaned.text) === null ? { ok: true, text: cleaned.text } : { ok: false, code: "text_secret" };
}
