import type { Aftermath, Force, Verdict } from "../events/catalogue/review.js";

/** The review modal as it was filled in, after parsing and before any judgement. What was left empty is `null` or "". */
export interface ReviewForm {
  /** The edition that the modal was drawn from: 0 when there was none yet. */
  readonly edition: number;
  readonly verdict: Verdict | null;
  readonly gatesAtFault: readonly string[];
  readonly forcedBy: Force | null;
  readonly aftermath: Aftermath | null;
  readonly lesson: string;
  /** Actions to be opened; those of earlier editions go on by themselves. */
  readonly actions: readonly ActionForm[];
}

/** A thing to do as it was typed. */
export interface ActionForm {
  readonly what: string;
  /** A Slack account. */
  readonly owner: string | null;
  /** A calendar day in the zone of the office hours, `2026-12-24`. */
  readonly due: string | null;
}

/** How many actions one review may open in all: a review with more is a project. */
export const MOST_ACTIONS = 20;
