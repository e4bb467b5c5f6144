import { z } from "zod";
import { AFTERMATHS, FORCES, VERDICTS } from "../../domain/events/catalogue/review.js";
import type { ReviewForm } from "../../domain/review/form.js";
import type { CarriedBypass } from "../../usecases/ports/bypass-ref.js";
import { ASKED_ABOUT } from "../forms/ask-about-secrets.js";
import { CARRIED_BYPASS, choicesIn, jsonMetadata, textIn, valueIn } from "../forms/values.js";
import type { SentView } from "../interactions/payload-schemas.js";

/** Block ids of the review form's inputs. They equal the domain's field names, so that errors appear under their input. */
export const BLOCKS = {
  verdict: "verdict",
  gatesAtFault: "gatesAtFault",
  forcedBy: "forcedBy",
  aftermath: "aftermath",
  lesson: "lesson",
} as const;

/** Block ids of the inputs in an action row; `index` counts from 0. */
export const actionBlocks = (index: number) =>
  ({ what: `action-${index}-what`, owner: `action-${index}-owner`, due: `action-${index}-due` }) as const;

/** The most actions in one submission. An amendment can add more. */
export const MOST_ROWS = 5;

/** The review form's `private_metadata`. */
export interface ReviewMetadata {
  readonly about: CarriedBypass;
  /** The edition that the form was opened with; 0 when there was none. */
  readonly edition: number;
  /** The number of action rows. */
  readonly rows: number;
  /** The texts that the person was asked about. */
  readonly askedAbout: readonly string[];
}

export const reviewMetadata = jsonMetadata<ReviewMetadata>(
  z.strictObject({
    about: CARRIED_BYPASS,
    edition: z.int().min(0).max(1_000_000),
    rows: z.int().min(0).max(MOST_ROWS),
    askedAbout: ASKED_ABOUT,
  }),
);

/** Reads the form as filled in, valid or not. */
export function readForm(view: SentView, { edition, rows }: ReviewMetadata): ReviewForm {
  const oneOf = <const T extends string>(known: readonly T[], block: string): T | null =>
    known.find((word) => word === valueIn(view, block)) ?? null;
  return {
    edition,
    verdict: oneOf(VERDICTS, BLOCKS.verdict),
    gatesAtFault: choicesIn(view, BLOCKS.gatesAtFault),
    forcedBy: oneOf(FORCES, BLOCKS.forcedBy),
    aftermath: oneOf(AFTERMATHS, BLOCKS.aftermath),
    lesson: textIn(view, BLOCKS.lesson),
    actions: Array.from({ length: rows }, (_, index) => {
      const { what, owner, due } = actionBlocks(index);
      return { what: textIn(view, what), owner: valueIn(view, owner), due: valueIn(view, due) };
    }),
  };
}

/** Drops empty rows at the end. Empty rows in between stay, so that errors keep their positions. */
export function withoutEmptyRows(form: ReviewForm): ReviewForm {
  const last = form.actions.findLastIndex(
    ({ what, owner, due }) => what.trim() !== "" || owner !== null || due !== null,
  );
  return { ...form, actions: form.actions.slice(0, last + 1) };
}
