import type { Actor } from "../../domain/events/actor.js";
import type { Policy } from "../../domain/policy/policy.js";

/** A person's account id: it begins with U, or W in an Enterprise organisation. The policy accepts the same ids. */
export const USER_ID = /^[UW][A-Z0-9]{2,20}$/;

/** The most accounts mentioned for one role; the others get a direct message. */
const MOST_MENTIONS = 20;

/** Mentions one account by its immutable id. A malformed id is shown as plain text, never as markup. */
export function mention(user: string): string {
  return USER_ID.test(user) ? `<@${user}>` : user.replace(/[^\w.-]/g, "");
}

/** Mentions a user group. */
function groupMention(usergroup: string): string {
  return /^S[A-Z0-9]{2,20}$/.test(usergroup) ? `<!subteam^${usergroup}>` : usergroup.replace(/[^\w.-]/g, "");
}

/**
 * Mentions the holders of a role under the policy in force: its user group and its listed accounts. Whoever is on call in
 * its schedule is described in words, because that changes by the hour. A role that the policy no longer has is shown by
 * name.
 */
export function roleMention(policy: Policy, role: string): string {
  const definition = policy.roles[role];
  if (definition === undefined) return roleName(role);
  const group = definition.slackUsergroup === null ? [] : [groupMention(definition.slackUsergroup)];
  const users = definition.slackUsers.slice(0, MOST_MENTIONS).map(mention);
  const more = definition.slackUsers.length - users.length;
  const onCall = definition.pagerdutySchedule === null ? [] : ["whoever is on call"];
  return [...group, ...users, ...(more > 0 ? [`and ${more} more`] : []), ...onCall].join(" ");
}

/** The name of a role, a path or a gate, formatted as code. */
export function roleName(name: string): string {
  return `\`${name.replace(/[^\w.-]/g, "")}\``;
}

/** The actor, as the subject of a sentence. */
export function actorMention(actor: Actor): string {
  return actor.kind === "person" ? mention(actor.user) : "Breakglass";
}
