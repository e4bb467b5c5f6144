import { cleanText } from "../text/clean.js";
import { findSecret } from "../text/secrets.js";
import type { RefusalCode } from "./refusals.js";

/** The longest text that may be typed, in characters: the limit of a Slack text input. */
export const MAX_TEXT = 3000;

/** Why a typed text cannot be recorded. */
export type TextRefusal = Extract<RefusalCode, "reason_missing" | "text_invalid" | "text_secret">;

/** Cleans a typed text, or says why it cannot be recorded. Texts that look like a known kind of secret are refused. */
export function checkText(typed: string): { ok: true; text: string } | { ok: false; code: TextRefusal } {
  const cleaned = cleanText(typed);
  if (!cleaned.ok) return { ok: false, code: "text_invalid" };
  if (cleaned.text === "") return { ok: false, code: "reason_missing" };
  if (cleaned.text.length > MAX_TEXT) return { ok: false, code: "text_invalid" };
  return findSecret(cleaned.text) === null ? { ok: true, text: cleaned.text } : { ok: false, code: "text_secret" };
}

/** The sentence for a form field that holds what looks like a secret. */
export const SECRET_TYPED =
  "This looks like a password, key or token. It was not recorded. Take it out, and replace it where it is in use.";

/** The sentence for a form field whose text cannot be recorded; `missing` is the sentence for an empty one. */
export function textProblem(code: TextRefusal, missing: string): string {
  if (code === "reason_missing") return missing;
  return code === "text_secret"
    ? SECRET_TYPED
    : `This cannot be recorded as typed: keep it to ${MAX_TEXT} characters, and take out broken characters, often an emoji.`;
}
