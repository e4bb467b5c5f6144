import { DAY_MS } from "../calendar/time.js";
import { DEFAULT_REMINDERS } from "../policy/durations.js";
import type { Path, Policy, Span } from "../policy/policy.js";
import { type FollowUp, nextFollowUpAt } from "../reminders/due-now.js";
import type { FollowUpPlan } from "../reminders/schedule.js";
import type { Action } from "./state.js";
import type { ReviewSubject } from "./subject.js";

/** The follow-up of an unwritten review, or `null`. It starts when the bypass ends: no review can be written before. */
export function reviewFollowUp(policy: Policy, state: ReviewSubject): FollowUp | null {
  if (state.endedAt === undefined || state.review?.status !== "open") return null;
  const { dueAt, progress } = state.review;
  const rules = policy.paths[state.path]?.review;
  const escalateAfter = rules === undefined ? null : escalatesAfter(rules);
  return { plan: { ...planOf(policy, state, state.endedAt, dueAt), escalateAfter }, progress };
}

/**
 * The follow-up of an open action, or `null`. An action is never escalated; once overdue it is named in the channel.
 */
export function actionFollowUp(policy: Policy, state: ReviewSubject, action: Action): FollowUp | null {
  if (action.status !== "open" || state.review?.submitted == null) return null;
  const plan = planOf(policy, state, state.review.submitted.at, action.dueAt);
  return { plan: { ...plan, escalateAfter: null }, progress: action.progress };
}

/** When the next follow-up of this bypass is due (ISO 8601, UTC); `null` if none is planned. */
export function followUpAt(policy: Policy, state: ReviewSubject, now: string): string | null {
  const review = reviewFollowUp(policy, state);
  const actions = (state.review?.actions ?? []).flatMap((action) => actionFollowUp(policy, state, action) ?? []);
  const moments = [...(review === null ? [] : [review]), ...actions].flatMap(
    (followUp) => nextFollowUpAt(followUp, now) ?? [],
  );
  return moments.length === 0 ? null : moments.reduce((a, b) => (a < b ? a : b));
}

const WEEK_MS = 7 * DAY_MS;

/**
 * When to look at this bypass's review and actions again (ISO 8601, UTC): at the next follow-up, and while one of them is
 * open at least weekly, because the policy may change its plan in between. The database insists on it.
 */
export function nextLookAt(policy: Policy, state: ReviewSubject, now: string): string | null {
  const at = followUpAt(policy, state, now);
  return isFollowedUp(state) ? atMostAWeekAhead(at, now) : at;
}

/** Whether the review may be written and is not, or an action is open. */
export const isFollowedUp = ({ review, endedAt }: ReviewSubject): boolean =>
  (review?.status === "open" && endedAt !== undefined) ||
  (review?.actions ?? []).some(({ status }) => status === "open");

/** That time, or a week from `now` if it is later or there is none. */
export function atMostAWeekAhead(at: string | null, now: string): string {
  const latest = new Date(Date.parse(now) + WEEK_MS).toISOString();
  return at === null || at > latest ? latest : at;
}

/** The role that an overdue review is escalated to by the policy in force, or `null`. */
export const escalationRole = (policy: Policy, state: ReviewSubject): string | null =>
  policy.paths[state.path]?.review.escalateTo ?? null;

/** How long after its due time a review is escalated; `null` when there is nobody to escalate it to. */
export const escalatesAfter = ({ escalateTo, escalateAfter }: Path["review"]): Span | null =>
  escalateTo === null ? null : escalateAfter;

/** The reminder plan by the rules of the path, or by the defaults if the policy in force no longer has the path. */
function planOf(
  policy: Policy,
  state: ReviewSubject,
  openedAt: string,
  dueAt: string,
): Omit<FollowUpPlan, "escalateAfter"> {
  const rules = policy.paths[state.path]?.review.remind ?? DEFAULT_REMINDERS;
  return { openedAt, dueAt, rules, officeHours: policy.officeHours };
}
