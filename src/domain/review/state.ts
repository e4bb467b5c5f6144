import type { Person } from "../events/actor.js";
import type { ReviewWords } from "../events/catalogue/review.js";
import { type FollowUpProgress, NOT_FOLLOWED_UP } from "../follow-up/state.js";

/** How often a requester may add to their view of one bypass. */
export const MOST_VIEWS = 20;

/** The edition of a review that holds now. */
export interface Submitted extends ReviewWords {
  /** The entry that tells it; its lesson is a text of that entry. */
  readonly version: number;
  readonly at: string;
  readonly by: Person;
}

/** A thing to do that came out of a review. */
export interface Action {
  /** From 1, within its bypass. */
  readonly action: number;
  /** A Slack account. */
  readonly owner: string;
  readonly dueAt: string;
  readonly status: "open" | "done" | "dropped";
  /** The entry that opened it; what is to be done is a text of that entry. */
  readonly version: number;
  readonly progress: FollowUpProgress;
}

/** The blameless look-back of a bypass. */
export interface ReviewState {
  readonly status: "open" | "submitted" | "waived";
  /** The role that writes it. */
  readonly reviewer: string;
  readonly dueAt: string;
  readonly progress: FollowUpProgress;
  /** Roles that it was raised with because it was overdue; they may write it too. */
  readonly escalatedTo: readonly string[];
  readonly submitted: Submitted | null;
  /** Versions of the entries in which the requester told their own view. */
  readonly views: readonly number[];
  readonly actions: readonly Action[];
}

/** A review as it is opened, with the declaration. */
export const openedReview = (reviewer: string, dueAt: string): ReviewState => ({
  status: "open",
  reviewer,
  dueAt,
  progress: NOT_FOLLOWED_UP,
  escalatedTo: [],
  submitted: null,
  views: [],
  actions: [],
});

/** Roles that may write this review: the reviewer's, and those that it was raised with because it was overdue. */
export const reviewerRoles = (review: ReviewState): readonly string[] => [review.reviewer, ...review.escalatedTo];
