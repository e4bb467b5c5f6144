import { z } from "zod";
import { AFTERMATHS, FORCES, VERDICTS } from "../../domain/events/catalogue/review.js";
import type { ReviewForm } from "../../domain/review/form.js";
import { BYPASS_NUMBER, choicesIn, jsonMetadata, textIn, valueIn } from "../forms/values.js";
import type { SentView } from "../interactions/payload-schemas.js";

/** Block ids of the review form's inputs: the names of the domain's fields, so that an error finds its place. */
export const BLOCKS = {
  verdict: "verdict",
  gatesAtFault: "gatesAtFault",
  forcedBy: "forcedBy",
  aftermath: "aftermath",
  lesson: "lesson",
} as const;

/** The inputs of the action in that row, from 0. */
export const actionBlocks = (index: number) =>
  ({ what: `action-${index}-what`, owner: `action-${index}-owner`, due: `action-${index}-due` }) as const;

/** So many actions can be written at a time; an amendment has room for more. */
export const MOST_ROWS = 5;

/** What the review form carries along. */
export interface ReviewMetadata {
  readonly n: number;
  /** The edition that the form started from; 0 when there was none. */
  readonly edition: number;
  /** Rows for actions. */
  readonly rows: number;
}

export const reviewMetadata = jsonMetadata<ReviewMetadata>(
  z.strictObject({
    n: BYPASS_NUMBER,
    edition: z.int().min(0).max(1_000_000),
    rows: z.int().min(0).max(MOST_ROWS),
  }),
);

/** The form as it was filled in, valid or not. */
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

/** Without the trailing rows that were left empty. Empty rows between stay, so that errors keep their places. */
export function withoutEmptyRows(form: ReviewForm): ReviewForm {
  const last = form.actions.findLastIndex(
    ({ what, owner, due }) => what.trim() !== "" || owner !== null || due !== null,
  );
  return { ...form, actions: form.actions.slice(0, last + 1) };
}
