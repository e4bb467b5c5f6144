import { cleanText } from "../text/clean.js";
import { findSecret } from "../text/secrets.js";
import type { RefusalCode } from "./refusals.js";

/** The longest text that may be typed; it is what a Slack input takes. */
export const MAX_TEXT = 3000;

/** Cleans a typed text; says why it cannot be recorded. Known secret shapes are stopped before they are written. */
export function checkText(typed: string): { ok: true; text: string } | { ok: false; code: RefusalCode } {
  const cleaned = cleanText(typed);
  if (!cleaned.ok) return { ok: false, code: "text_invalid" };
  if (cleaned.text === "") return { ok: false, code: "reason_missing" };
  if (cleaned.text.length > MAX_TEXT) return { ok: false, code: "text_invalid" };
  return findSecret(cleaned.text) === null ? { ok: true, text: cleaned.text } : { ok: false, code: "text_secret" };
}
