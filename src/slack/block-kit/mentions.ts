import type { Actor } from "../../domain/events/actor.js";
import type { Policy } from "../../domain/policy/policy.js";

/** A person's account: Slack's ids begin with U, or W in an Enterprise organisation. The policy takes the same. */
export const USER_ID = /^[UW][A-Z0-9]{2,20}$/;

/** A role with many listed accounts mentions this many; the others get a direct message. */
const MOST_MENTIONS = 20;

/** Mentions one account by its immutable id. An id of another shape is shown as it is, never as markup. */
export function mention(user: string): string {
  return USER_ID.test(user) ? `<@${user}>` : user.replace(/[^\w.-]/g, "");
}

/** Mentions a user group. */
function groupMention(usergroup: string): string {
  return /^S[A-Z0-9]{2,20}$/.test(usergroup) ? `<!subteam^${usergroup}>` : usergroup.replace(/[^\w.-]/g, "");
}

/**
 * Mentions the holders of a role by the policy in force: its user group, its listed accounts, and in words whoever is on
 * call in its schedule, which changes by the hour. A role that the policy no longer has is shown by name.
 */
export function roleMention(policy: Policy, role: string): string {
  const held = policy.roles[role];
  if (held === undefined) return roleName(role);
  const group = held.slackUsergroup === null ? [] : [groupMention(held.slackUsergroup)];
  const users = held.slackUsers.slice(0, MOST_MENTIONS).map(mention);
  const more = held.slackUsers.length - users.length;
  const onCall = held.pagerdutySchedule === null ? [] : ["whoever is on call"];
  return [...group, ...users, ...(more > 0 ? [`and ${more} more`] : []), ...onCall].join(" ");
}

/** The name of a role, a path or a gate as code. */
export function roleName(name: string): string {
  return `\`${name.replace(/[^\w.-]/g, "")}\``;
}

/** Who did it, for a sentence. */
export function actorMention(actor: Actor): string {
  return actor.kind === "person" ? mention(actor.user) : "Breakglass";
}
