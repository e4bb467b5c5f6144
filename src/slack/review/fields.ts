import { AFTERMATHS, FORCES, VERDICTS } from "../../domain/review/facts.js";
import type { ReviewForm } from "../../domain/review/form.js";
import type { SentView } from "../interactions/payload-schemas.js";

/** Block ids of the review form's inputs: the names of the domain's fields, so that an error finds its place. */
export const BLOCKS = {
  verdict: "verdict",
  gatesAtFault: "gatesAtFault",
  forcedBy: "forcedBy",
  aftermath: "aftermath",
  lesson: "lesson",
} as const;

/** The inputs of the action at that place of the form, from 0. */
export const actionBlocks = (index: number) =>
  ({ what: `action-${index}-what`, owner: `action-${index}-owner`, due: `action-${index}-due` }) as const;

/** What was filled in, right or not. Actions of which nothing was filled in are left out, in their places. */
export function readForm(view: SentView, edition: number, rows: number): ReviewForm {
  const typed = (block: string): string | null => view.values.get(block)?.[0] ?? null;
  const oneOf = <const T extends string>(words: readonly T[], block: string): T | null =>
    words.find((word) => word === typed(block)) ?? null;
  return {
    edition,
    verdict: oneOf(VERDICTS, BLOCKS.verdict),
    gatesAtFault: view.values.get(BLOCKS.gatesAtFault) ?? [],
    forcedBy: oneOf(FORCES, BLOCKS.forcedBy),
    aftermath: oneOf(AFTERMATHS, BLOCKS.aftermath),
    lesson: typed(BLOCKS.lesson) ?? "",
    actions: Array.from({ length: rows }, (_, index) => {
      const blocks = actionBlocks(index);
      return { what: typed(blocks.what) ?? "", owner: typed(blocks.owner), due: typed(blocks.due) };
    }),
  };
}

/** Rows that were left empty are no actions; only trailing ones are dropped, so that errors keep their places. */
export function withoutEmptyRows(form: ReviewForm): ReviewForm {
  const last = form.actions.findLastIndex(
    ({ what, owner, due }) => what.trim() !== "" || owner !== null || due !== null,
  );
  return { ...form, actions: form.actions.slice(0, last + 1) };
}
