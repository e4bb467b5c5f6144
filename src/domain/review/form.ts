import type { Aftermath, Force, Verdict } from "../events/catalogue/review.js";

/** The review modal as submitted: parsed, not validated. Empty fields are `null` or "". */
export interface ReviewForm {
  /** The edition that the modal was rendered from: 0 when there was none yet. */
  readonly edition: number;
  readonly verdict: Verdict | null;
  readonly gatesAtFault: readonly string[];
  readonly forcedBy: Force | null;
  readonly aftermath: Aftermath | null;
  readonly lesson: string;
  /** New actions to open; those of earlier editions continue unchanged. */
  readonly actions: readonly ActionForm[];
}

/** An action as typed. */
export interface ActionForm {
  readonly what: string;
  /** A Slack account. */
  readonly owner: string | null;
  /** A calendar day in the office-hours zone, such as `2026-12-24`. */
  readonly due: string | null;
}

/** How many actions one review may open, over all its editions. */
export const MOST_ACTIONS = 20;
