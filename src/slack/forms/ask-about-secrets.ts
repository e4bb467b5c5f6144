import { createHash } from "node:crypto";
import type { ModalView } from "@slack/types";
import { z } from "zod";
import { section } from "../block-kit/blocks.js";
import { escapeMarkup } from "../block-kit/escape.js";
import { shownAgain } from "./shown-again.js";

/*
 * A text that merely looks like a secret is asked about once: the form is shown again with a question under the input, and
 * sending the same text again records it. What was asked about travels in the metadata of the view, as hashes, so it holds
 * for this form of this person only, on whichever instance, and leaves nothing in memory.
 */

/** In a view's metadata: the texts that the person was asked about. */
export const ASKED_ABOUT = z.array(z.string().regex(/^[0-9a-f]{16}$/)).max(20);

const hashOf = (text: string): string => createHash("sha256").update(text).digest("hex").slice(0, 16);

/** Those of the texts that the person was asked about, and has sent again as they are. */
export function confirmedOf(askedAbout: readonly string[], texts: readonly string[]): readonly string[] {
  return texts.filter((text) => askedAbout.includes(hashOf(text)));
}

/** The metadata of the form that asks: what was asked about before, as far as it still stands there, and these texts. */
export function askedAboutAlso(before: readonly string[], texts: readonly string[]): readonly string[] {
  return [...new Set([...before, ...texts.map(hashOf)])].slice(-20);
}

/** Puts questions under the inputs of a form. `looks` is what the text of that block looks like, as a sentence. */
export function withQuestions(
  view: ModalView,
  questions: readonly { readonly block: string; readonly looks: string }[],
): ModalView {
  const button = view.submit?.text ?? "Submit";
  const blocks = shownAgain(view).blocks.flatMap((block) => {
    const asked = questions.find((question) => question.block === block.block_id);
    if (asked === undefined) return [block];
    const words = `*${escapeMarkup(asked.looks)}* Edit it, or press ${button} again to send it as it is.`;
    return [block, section(words, `${asked.block}:question`)];
  });
  return { ...view, blocks };
}
