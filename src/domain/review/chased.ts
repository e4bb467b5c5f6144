import type { Bypass } from "../bypass/state.js";
import type { Path, Policy } from "../policy/policy.js";
import { parseReminder, parseSpan } from "../policy/spans.js";
import { type Chased, nextChaseAt } from "./chase.js";
import type { Chase } from "./reminders.js";
import type { Action } from "./state.js";

/** The rules by which the reviews of a path are chased. */
type Rules = Pick<Path["review"], "remind" | "escalateAfter">;

/** What holds where the policy in force no longer has the path: the defaults of the policy's format. */
const DEFAULT_RULES: Rules = {
  remind: ["1 business day before", "at due", "daily after"].flatMap((text) => parseReminder(text) ?? []),
  escalateAfter: parseSpan("3 business days") ?? { unit: "businessDays", count: 3 },
};

/** The review of a bypass that is over, while it is not written; else `null`. */
export function chasedReview(policy: Policy, state: Bypass): Chased | null {
  if (!("endedAt" in state) || state.review?.status !== "open") return null;
  const { escalateTo } = policy.paths[state.path]?.review ?? { escalateTo: null };
  const rules = rulesOf(policy, state);
  // Nobody is reminded of what could not be written yet.
  const plan = planOf(policy, state.endedAt, state.review.dueAt, escalateTo === null ? null : rules);
  return { plan: { ...plan, rules: rules.remind }, chasing: state.review.chasing };
}

/** An open action of that bypass. Nobody stands above its owner: once overdue it is named in the channel. */
export function chasedAction(policy: Policy, state: Bypass, action: Action): Chased | null {
  if (action.status !== "open" || state.review?.submitted == null) return null;
  const plan = planOf(policy, state.review.submitted.at, action.dueAt, null);
  return { plan: { ...plan, rules: rulesOf(policy, state).remind }, chasing: action.chasing };
}

/** When there is next something to chase of this bypass (ISO 8601, UTC); `null` when there never is, as things stand. */
export function chaseAt(policy: Policy, state: Bypass, now: string): string | null {
  const review = chasedReview(policy, state);
  const actions = (state.review?.actions ?? []).flatMap((action) => chasedAction(policy, state, action) ?? []);
  const moments = [...(review === null ? [] : [review]), ...actions].flatMap((one) => nextChaseAt(one, now) ?? []);
  return moments.length === 0 ? null : moments.reduce((a, b) => (a < b ? a : b));
}

/** The role that an overdue review is raised with by the policy in force, or `null`. */
export const escalationRole = (policy: Policy, state: Bypass): string | null =>
  policy.paths[state.path]?.review.escalateTo ?? null;

const rulesOf = (policy: Policy, state: Bypass): Rules => policy.paths[state.path]?.review ?? DEFAULT_RULES;

function planOf(policy: Policy, openedAt: string, dueAt: string, escalating: Rules | null): Omit<Chase, "rules"> {
  return { openedAt, dueAt, escalateAfter: escalating?.escalateAfter ?? null, officeHours: policy.officeHours };
}
