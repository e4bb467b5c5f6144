import type { Policy } from "./policy.js";

/** The Slack accounts that the policy links to these PagerDuty users. Never guessed from a name or email address. */
export function accountsOnCall(policy: Policy, pagerdutyUsers: readonly string[]): readonly string[] {
  const people = Object.values(policy.people);
  return pagerdutyUsers.flatMap((user) => people.find(({ pagerduty }) => pagerduty === user)?.slack ?? []);
}

/** The PagerDuty users whom the policy links to no Slack account: they hold no role through a schedule. */
export function unboundOnCall(policy: Policy, pagerdutyUsers: readonly string[]): readonly string[] {
  return pagerdutyUsers.filter((user) => accountsOnCall(policy, [user]).length === 0);
}
