import type { Actor, Person } from "../events/actor.js";
import type { ReviewEvent, ReviewWords } from "../events/catalogue/review.js";
import { type FollowUpProgress, NOT_FOLLOWED_UP } from "../follow-up/state.js";
import type { Action, ReviewState } from "./state.js";

/** What of an entry the review is told. */
interface Told {
  readonly actor: Actor;
  readonly at: string;
  readonly version: number;
}

/** The review after one more of its events. Throws on a history that cannot be: a fault of the trail. */
export function evolveReview(review: ReviewState, event: ReviewEvent, entry: Told): ReviewState {
  switch (event.type) {
    case "review.submitted":
      return submitted(expect(review, "open", entry), event, entry);
    case "review.amended":
      return submitted(expect(review, "submitted", entry), event, entry);
    case "review.view_added":
      return { ...review, views: [...review.views, entry.version] };
    case "review.reminded":
      return { ...review, progress: { ...review.progress, remindedTo: event.slot } };
    case "review.overdue":
      return { ...review, progress: { ...review.progress, told: true } };
    case "review.escalated":
      return {
        ...review,
        progress: { ...review.progress, escalated: true },
        escalatedTo: [...new Set([...review.escalatedTo, event.role])],
      };
    case "review.put_off":
      return { ...review, progress: { ...review.progress, putOffUntil: event.until } };
    case "action.opened": {
      const { action, owner, dueAt } = event;
      const opened = {
        action,
        owner,
        dueAt,
        status: "open",
        version: entry.version,
        progress: NOT_FOLLOWED_UP,
      } as const;
      return { ...expect(review, "submitted", entry), actions: [...review.actions, opened] };
    }
    case "action.reminded":
      return withAction(review, event.action, entry, (one) => followUp(one, { remindedTo: event.slot }));
    case "action.overdue":
      return withAction(review, event.action, entry, (one) => followUp(one, { told: true }));
    case "action.put_off":
      return withAction(review, event.action, entry, (one) => followUp(one, { putOffUntil: event.until }));
    case "action.ended":
      return withAction(review, event.action, entry, (one) => ({ ...one, status: event.outcome }));
    default:
      return event satisfies never;
  }
}

function submitted(review: ReviewState, words: { readonly type: string } & ReviewWords, entry: Told): ReviewState {
  const { type: _, ...said } = words;
  const told = { ...said, version: entry.version, at: entry.at, by: personOf(entry) };
  return { ...review, status: "submitted", submitted: told };
}

const followUp = (action: Action, more: Partial<FollowUpProgress>): Action => ({
  ...action,
  progress: { ...action.progress, ...more },
});

function withAction(review: ReviewState, action: number, entry: Told, change: (one: Action) => Action): ReviewState {
  const known = review.actions.find((one) => one.action === action);
  if (known?.status !== "open") throw impossible(entry, `action ${action} is not open`);
  return { ...review, actions: review.actions.map((one) => (one === known ? change(one) : one)) };
}

function expect(review: ReviewState, status: ReviewState["status"], entry: Told): ReviewState {
  if (review.status !== status) throw impossible(entry, `the review is ${review.status}, not ${status}`);
  return review;
}

function personOf(entry: Told): Person {
  if (entry.actor.kind !== "person") throw impossible(entry, "no person stands behind the review");
  return entry.actor;
}

const impossible = (entry: Told, why: string): Error =>
  new Error(`The trail cannot be read at entry ${entry.version} of a bypass: ${why}.`);
