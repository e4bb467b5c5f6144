import { secretsIn } from "../../lib/secrets/search.js";
import { INVISIBLE } from "./invisible.js";

/** A secret in a typed text (`sure`), or what merely looks like one (`likely`). */
export interface SecretInText {
  readonly verdict: "sure" | "likely";
  /** Completes "a secret (…)" or "looks like a …". */
  readonly kind: string;
}

/** Longer texts are refused; the bound keeps the search short for whoever asks before that. */
const MAX_SEARCHED = 6_000;

/**
 * What is certainly a secret in a text, else what looks like one, or `null`. Finds a secret pasted by mistake before it is
 * recorded; one that looks like an ordinary word cannot be found.
 */
export function findSecret(text: string): SecretInText | null {
  const whole = text.slice(0, MAX_SEARCHED);
  const plain = asRead(whole).slice(0, MAX_SEARCHED);
  const forms = plain === whole ? [whole] : [whole, plain];
  for (const verdict of ["sure", "likely"] as const) {
    for (const form of forms) {
      for (const { kind } of secretsIn(form, verdict)) return { verdict, kind };
    }
  }
  return null;
}

/** Characters that take no room, including joiners and variation selectors. */
const UNSEEN = new RegExp(`[${INVISIBLE}\\u200c\\u200d\\ufe00-\\ufe0f\\u{e0100}-\\u{e01ef}]`, "gu");

/** The text as a system would read it when pasted: full-width letters become letters, invisible characters go. */
const asRead = (text: string): string => text.replace(UNSEEN, "").normalize("NFKC").replace(UNSEEN, "");
