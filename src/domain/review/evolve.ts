import { oneMore } from "../decisions/entry-limits.js";
import type { Person } from "../events/actor.js";
import type { ReviewEvent, ReviewWords } from "../events/catalogue/review.js";
import type { Entry } from "../events/entries.js";
import { type FollowUpProgress, NOT_FOLLOWED_UP, putOff } from "../reminders/due-now.js";
import type { Action, ReviewState } from "./state.js";

/** An entry without its event. */
type EntryFrame = Omit<Entry, "event">;

/**
 * Applies one event to the review.
 * @throws on an impossible history, which is a fault of the trail
 */
export function evolveReview(review: ReviewState, event: ReviewEvent, entry: EntryFrame): ReviewState {
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
      return { ...review, progress: { ...review.progress, announced: true } };
    case "review.escalated":
      return {
        ...review,
        // The put-off is over, so that those whom it is escalated to see what waits.
        progress: { ...review.progress, escalated: true, putOffUntil: null },
        escalatedTo: [...new Set([...review.escalatedTo, event.role])],
      };
    case "review.put_off":
      return { ...review, progress: putOff(review.progress, event.until) };
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
      return withAction(review, event.action, entry, (action) => withProgress(action, { remindedTo: event.slot }));
    case "action.overdue":
      return withAction(review, event.action, entry, (action) => withProgress(action, { announced: true }));
    case "action.put_off":
      return withAction(review, event.action, entry, (action) =>
        withProgress(action, putOff(action.progress, event.until)),
      );
    case "action.ended":
      return withAction(review, event.action, entry, (action) => ({ ...action, status: event.outcome }));
    default:
      return event satisfies never;
  }
}

function submitted(
  review: ReviewState,
  words: { readonly type: string } & ReviewWords,
  entry: EntryFrame,
): ReviewState {
  const { type: _, ...content } = words;
  const edition = { ...content, version: entry.version, at: entry.at, by: personOf(entry) };
  return { ...review, status: "submitted", submitted: edition, editions: oneMore(review.editions, edition.by) };
}

const withProgress = (action: Action, change: Partial<FollowUpProgress>): Action => ({
  ...action,
  progress: { ...action.progress, ...change },
});

function withAction(
  review: ReviewState,
  number: number,
  entry: EntryFrame,
  change: (action: Action) => Action,
): ReviewState {
  const open = review.actions.find(({ action }) => action === number);
  if (open?.status !== "open") throw impossible(entry, `action ${number} is not open`);
  return { ...review, actions: review.actions.map((action) => (action === open ? change(action) : action)) };
}

function expect(review: ReviewState, status: ReviewState["status"], entry: EntryFrame): ReviewState {
  if (review.status !== status) throw impossible(entry, `the review is ${review.status}, not ${status}`);
  return review;
}

function personOf(entry: EntryFrame): Person {
  if (entry.actor.kind !== "person") throw impossible(entry, "no person stands behind the review");
  return entry.actor;
}

const impossible = (entry: EntryFrame, why: string): Error =>
  new Error(`The trail cannot be read at entry ${entry.version} of a bypass: ${why}.`);
