import { askAtMost } from "../../domain/policy/policy.js";
import type { AppContext } from "../app-context.js";
import { chooseMembers } from "./choose-members.js";

/**
 * Members of this workspace that hold one of the roles, as many as the policy's paths ask at once: first those who are
 * on call or listed, then members of user groups, others at each turn. An account that could not be looked up is
 * included: it holds the role, and its click is checked again. `null` when Slack, or a schedule, could not say who holds
 * the roles.
 */
export async function membersHolding(
  context: Pick<AppContext, "directory" | "policy">,
  roles: readonly string[],
  turn = 0,
): Promise<readonly string[] | null> {
  const { policy } = context.policy.current();
  const atMost = Math.max(...Object.keys(policy.paths).map((path) => askAtMost(policy, path)));
  const choice = await chooseMembers(context, roles, { atMost, turn });
  return choice === null ? null : choice.chosen.map(({ user }) => user);
}
