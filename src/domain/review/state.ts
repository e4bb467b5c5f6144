import type { Room, Share } from "../decisions/entry-limits.js";
import type { Person } from "../events/actor.js";
import type { ReviewWords } from "../events/catalogue/review.js";
import { type FollowUpProgress, NOT_FOLLOWED_UP } from "../reminders/due-now.js";

/** The room for the requester's own view of one bypass: nobody else adds to it. */
export const VIEW_ROOM = { most: 20, ofOnePerson: 20 } as const satisfies Room;

/** The room for editions of one review. Each is told in the thread, and one reviewer leaves room for the others. */
export const EDITION_ROOM = { most: 20, ofOnePerson: 10 } as const satisfies Room;

/** The newest edition of a review. */
export interface Submitted extends ReviewWords {
  /** The version of its entry, which carries the lesson as a text. */
  readonly version: number;
  readonly at: string;
  readonly by: Person;
}

/** An action that came out of a review. */
export interface Action {
  /** Its number, from 1 within the bypass. */
  readonly action: number;
  /** A Slack account. */
  readonly owner: string;
  readonly dueAt: string;
  readonly status: "open" | "done" | "dropped";
  /** The version of the entry that opened it, which carries what to do as a text. */
  readonly version: number;
  readonly progress: FollowUpProgress;
}

/** The review of a bypass: a blameless look back. */
export interface ReviewState {
  readonly status: "open" | "submitted" | "waived";
  /** The role that writes it. */
  readonly reviewer: string;
  readonly dueAt: string;
  readonly progress: FollowUpProgress;
  /** Roles that it was escalated to because it was overdue; they may write it too. */
  readonly escalatedTo: readonly string[];
  readonly submitted: Submitted | null;
  /** How many editions each account has handed in. */
  readonly editions: readonly Share[];
  /** Versions of the entries that add the requester's own view. */
  readonly views: readonly number[];
  readonly actions: readonly Action[];
}

/** A review as the declaration opens it. */
export const openedReview = (reviewer: string, dueAt: string): ReviewState => ({
  status: "open",
  reviewer,
  dueAt,
  progress: NOT_FOLLOWED_UP,
  escalatedTo: [],
  submitted: null,
  editions: [],
  views: [],
  actions: [],
});

/** Roles that may write this review: the reviewer's, and those it was escalated to. */
export const reviewerRoles = (review: ReviewState): readonly string[] => [review.reviewer, ...review.escalatedTo];
