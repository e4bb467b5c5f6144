import { SECRET_SHAPES } from "../../lib/secret-shapes.js";
import { INVISIBLE } from "./invisible.js";

/**
 * The first known secret shape in a text, or `null`. It stops what was pasted by mistake, before it is recorded; it
 * cannot find a secret that looks like a word.
 */
export function findSecret(text: string): { kind: string } | null {
  const plain = asRead(text);
  return findIn(text) ?? (plain === text ? null : findIn(plain));
}

/** What takes no room, joiners and variation selectors among it. */
const UNSEEN = new RegExp(`[${INVISIBLE}\\u200c\\u200d\\ufe00-\\ufe0f\\u{e0100}-\\u{e01ef}]`, "gu");

/** The text as a system reads it that is handed what stands there: full-width letters are letters, and nothing hides between them. */
const asRead = (text: string): string => text.replace(UNSEEN, "").normalize("NFKC").replace(UNSEEN, "");

function findIn(text: string): { kind: string } | null {
  for (const { kind, typed, accept } of SECRET_SHAPES) {
    if (typed === null) continue;
    for (const match of text.matchAll(new RegExp(typed, `${typed.flags}g`))) {
      if (accept === undefined || accept(match)) return { kind };
    }
  }
  return null;
}
