/** About the event and the gate, never about a person. */
export const VERDICTS = ["justified", "avoidable", "gate-at-fault"] as const;
/** One of {@link VERDICTS}. */
export type Verdict = (typeof VERDICTS)[number];

/** What forced the bypass. */
export const FORCES = ["real-emergency", "flaky", "slow", "broken", "unavailable", "rule-unclear", "other"] as const;
/** One of {@link FORCES}. */
export type Force = (typeof FORCES)[number];

/** What became of the check that was skipped. */
export const AFTERMATHS = ["passed-later", "failed-later", "not-run-yet", "will-not-run", "unknown"] as const;
/** One of {@link AFTERMATHS}. */
export type Aftermath = (typeof AFTERMATHS)[number];

/** Where a reminder stands to the time at which the work is due. */
export const STAGES = ["before", "due", "after"] as const;

/** What a review says, apart from its lesson, which is a text. */
export interface ReviewWords {
  /** 1 at the submission, one more with each amendment; every edition stays in the trail. */
  readonly edition: number;
  readonly verdict: Verdict;
  /** With `gate-at-fault`, and only then: which of the bypass's gates. */
  readonly gatesAtFault: readonly string[];
  readonly forcedBy: Force;
  readonly aftermath: Aftermath;
  /** Written by somebody who approved the bypass, because nobody else holds the reviewer's role. */
  readonly asApprover: boolean;
  readonly roleAsOf: string | null;
}

/**
 * The facts of a review and of the actions that come out of it. They stand in the stream of their bypass. A `slot` is the
 * planned moment of a reminder (ISO 8601, UTC), which follows from policy and state alone.
 */
export type ReviewFact =
  | ({ readonly type: "review.submitted" } & ReviewWords)
  | ({ readonly type: "review.amended" } & ReviewWords)
  /** How the requester saw it, in their own words. */
  | { readonly type: "review.view_added" }
  | {
      readonly type: "review.reminded";
      readonly slot: string;
      readonly stage: (typeof STAGES)[number];
      readonly role: string;
    }
  /** Named in the channel. */
  | { readonly type: "review.overdue"; readonly slot: string }
  | { readonly type: "review.escalated"; readonly slot: string; readonly role: string }
  | { readonly type: "review.snoozed"; readonly until: string; readonly roleAsOf: string | null }
  /** `action` counts from 1 within its bypass; `owner` is a Slack account. */
  | { readonly type: "action.opened"; readonly action: number; readonly owner: string; readonly dueAt: string }
  | {
      readonly type: "action.reminded";
      readonly action: number;
      readonly slot: string;
      readonly stage: (typeof STAGES)[number];
    }
  | { readonly type: "action.overdue"; readonly action: number; readonly slot: string }
  | {
      readonly type: "action.snoozed";
      readonly action: number;
      readonly until: string;
      readonly roleAsOf: string | null;
    }
  | {
      readonly type: "action.ended";
      readonly action: number;
      readonly outcome: "done" | "dropped";
      readonly roleAsOf: string | null;
    };

/** By type, so that none is forgotten. */
const REVIEW_FACTS: Readonly<Record<ReviewFact["type"], true>> = {
  "review.submitted": true,
  "review.amended": true,
  "review.view_added": true,
  "review.reminded": true,
  "review.overdue": true,
  "review.escalated": true,
  "review.snoozed": true,
  "action.opened": true,
  "action.reminded": true,
  "action.overdue": true,
  "action.snoozed": true,
  "action.ended": true,
};

/** Is that fact one of a review or its actions? That a review was opened or waived is told of its bypass. */
export const isReviewFact = (fact: { readonly type: string }): fact is ReviewFact =>
  Object.hasOwn(REVIEW_FACTS, fact.type);
