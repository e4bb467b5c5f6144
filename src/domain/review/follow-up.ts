import { type FollowUp, nextFollowUpAt } from "../follow-up/follow-up.js";
import type { FollowUpPlan } from "../follow-up/reminders.js";
import { DEFAULT_REMINDERS } from "../policy/durations.js";
import type { Path, Policy, Span } from "../policy/policy.js";
import type { Action } from "./state.js";
import type { ReviewSubject } from "./subject.js";

/** The review of a bypass that is over, while it is not written; else `null`. Nobody is reminded of what could not be written yet. */
export function reviewFollowUp(policy: Policy, state: ReviewSubject): FollowUp | null {
  if (state.endedAt === undefined || state.review?.status !== "open") return null;
  const { dueAt, progress } = state.review;
  const rules = policy.paths[state.path]?.review;
  const escalateAfter = rules === undefined ? null : escalatesAfter(rules);
  return { plan: { ...planOf(policy, state, state.endedAt, dueAt), escalateAfter }, progress };
}

/** An open action of that bypass. Nobody stands above its owner: once overdue it is named in the channel. */
export function actionFollowUp(policy: Policy, state: ReviewSubject, action: Action): FollowUp | null {
  if (action.status !== "open" || state.review?.submitted == null) return null;
  const plan = planOf(policy, state, state.review.submitted.at, action.dueAt);
  return { plan: { ...plan, escalateAfter: null }, progress: action.progress };
}

/** When there is next something to followUp of this bypass (ISO 8601, UTC); `null` when there never is, as things stand. */
export function followUpAt(policy: Policy, state: ReviewSubject, now: string): string | null {
  const review = reviewFollowUp(policy, state);
  const actions = (state.review?.actions ?? []).flatMap((action) => actionFollowUp(policy, state, action) ?? []);
  const moments = [...(review === null ? [] : [review]), ...actions].flatMap((one) => nextFollowUpAt(one, now) ?? []);
  return moments.length === 0 ? null : moments.reduce((a, b) => (a < b ? a : b));
}

/** The role that an overdue review is raised with by the policy in force, or `null`. */
export const escalationRole = (policy: Policy, state: ReviewSubject): string | null =>
  policy.paths[state.path]?.review.escalateTo ?? null;

/** How long after it was due it is raised with somebody; `null` where there is nobody to raise it with. */
export const escalatesAfter = ({ escalateTo, escalateAfter }: Path["review"]): Span | null =>
  escalateTo === null ? null : escalateAfter;

/** The rules of the path; where the policy in force no longer has it, those of a policy that says nothing. */
function planOf(
  policy: Policy,
  state: ReviewSubject,
  openedAt: string,
  dueAt: string,
): Omit<FollowUpPlan, "escalateAfter"> {
  const rules = policy.paths[state.path]?.review.remind ?? DEFAULT_REMINDERS;
  return { openedAt, dueAt, rules, officeHours: policy.officeHours };
}
