import { cleanText } from "../text/clean.js";
import { findSecret } from "../text/secrets.js";
import { type Decision, refuse } from "./decision.js";
import type { FieldProblem, RefusalCode } from "./refusals.js";

/** The longest text that may be typed, in characters: the limit of a Slack text input. */
export const MAX_TEXT = 3000;

/** A command with typed texts. */
export interface WithTexts {
  /**
   * Those of its texts, as typed, that the person was asked about because they look like a secret, and sends as they are.
   * What is certainly a secret is refused all the same.
   */
  readonly confirmed?: readonly string[];
}

/** Stands for a text on record when an act is decided again: it was checked when it was typed, and may be gone since. */
export const AS_RECORDED = "as recorded";

/** Why a typed text cannot be recorded. */
export interface TextRefusal {
  readonly ok: false;
  readonly code: Extract<RefusalCode, "reason_missing" | "text_invalid" | "text_secret" | "text_likely">;
  /** The kind of secret that it holds or looks like. */
  readonly secret?: string;
}

/**
 * Cleans a typed text, or says why it cannot be recorded: because it holds a secret, or because it looks like one and nobody
 * has been asked.
 */
export function checkText(typed: string, { confirmed = [] }: WithTexts = {}): { ok: true; text: string } | TextRefusal {
  if (typed === AS_RECORDED) return { ok: true, text: typed };
  const cleaned = cleanText(typed);
  if (!cleaned.ok) return { ok: false, code: "text_invalid" };
  const { text } = cleaned;
  if (text === "") return { ok: false, code: "reason_missing" };
  if (text.length > MAX_TEXT) return { ok: false, code: "text_invalid" };
  return secretRefusal(text, confirmed.includes(typed)) ?? { ok: true, text };
}

/** The refusal of a text that holds a secret, or that looks like one and is not confirmed; otherwise `null`. */
export function secretRefusal(text: string, isConfirmed: boolean): TextRefusal | null {
  const found = findSecret(text);
  if (found === null || (found.verdict === "likely" && isConfirmed)) return null;
  return { ok: false, code: found.verdict === "sure" ? "text_secret" : "text_likely", secret: found.kind };
}

/** The decision to refuse a command for one of its texts. */
export const refuseText = ({ code, secret }: TextRefusal): Decision =>
  refuse(code, secret === undefined ? {} : { secret });

/** What a person is asked about a text that merely looks like a secret. */
export const looksLike = (kind = "secret"): string => `Looks like a ${kind}.`;

/** The problem of a form field whose text cannot be recorded; `missing` is the sentence for an empty one. */
export function textProblem({ code, secret }: TextRefusal, missing: string): Pick<FieldProblem, "message" | "asks"> {
  switch (code) {
    case "reason_missing":
      return { message: missing };
    case "text_invalid":
      return {
        message: `This cannot be recorded as typed: keep it to ${MAX_TEXT} characters, and take out broken characters, often an emoji.`,
      };
    case "text_secret":
      return {
        message: `This holds a secret (${secret ?? "of some kind"}), and nothing was recorded. Take it out, and replace it where it is in use.`,
      };
    case "text_likely":
      return { message: looksLike(secret), asks: true };
    default:
      return code satisfies never;
  }
}
