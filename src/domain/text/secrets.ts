import { SECRET_SHAPES } from "../../lib/secret-shapes.js";
import { INVISIBLE } from "./invisible.js";

/**
 * The first known secret shape in a text, or `null`. Stops a secret pasted by mistake before it is recorded; it cannot
 * find one that looks like an ordinary word.
 */
export function findSecret(text: string): { kind: string } | null {
  const plain = asRead(text);
  return findIn(text) ?? (plain === text ? null : findIn(plain));
}

/** Characters that take no room, including joiners and variation selectors. */
const UNSEEN = new RegExp(`[${INVISIBLE}\\u200c\\u200d\\ufe00-\\ufe0f\\u{e0100}-\\u{e01ef}]`, "gu");

/** The text as a system would read it when pasted: full-width letters become letters, invisible characters go. */
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
