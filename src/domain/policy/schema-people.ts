import { z } from "zod";
import { githubLogin, listOf, notUsedYet, optional, roleItem, usergroupId, userId, withDefault } from "./fields.js";

/** Who holds a role: the members of a user group, accounts by their ID, or both. */
export const roleSection = z
  .strictObject({
    slack_usergroup: optional(usergroupId, "Everyone in this Slack user group holds the role.", "no user group"),
    slack_users: withDefault(
      listOf(userId, "a list of IDs of Slack accounts", 0),
      "These Slack accounts hold the role.",
      [],
    ),
  })
  .transform((role) => ({ slackUsergroup: role.slack_usergroup ?? null, slackUsers: role.slack_users }))
  .refine((role) => role.slackUsergroup !== null || role.slackUsers.length > 0, {
    error: "slack_usergroup or at least one account in slack_users: nobody would hold this role",
  })
  .meta({ form: "a role: slack_usergroup, slack_users, or both" });

/** The accounts of one human, so that nobody approves their own bypass through a second account. */
export const personSection = z
  .strictObject({
    slack: withDefault(
      listOf(userId, "a list of IDs of Slack accounts", 0),
      "The person's Slack accounts. Two accounts of one person never approve each other.",
      [],
    ),
    github: notUsedYet(optional(githubLogin, "The person's GitHub login.", "no GitHub account")),
  })
  .transform((person) => ({ slack: person.slack, github: person.github ?? null }))
  .refine((person) => person.slack.length > 0 || person.github !== null, {
    error: "at least one account in slack or github",
  })
  .meta({ form: "a person: slack, github, or both" });

const holders = listOf(roleItem, "a list of roles", 0);

/** Rights beside the paths. Whatever is left out belongs to nobody. */
export const rightsSection = z
  .strictObject({
    export: notUsedYet(withDefault(holders, "Roles that may export the records.", [])),
    redact: withDefault(holders, "Roles that may redact a text.", []),
    tokens: notUsedYet(withDefault(holders, "Roles that may make and revoke the tokens of pipelines.", [])),
    see_all: withDefault(holders, "Roles that may read the free texts of every bypass.", []),
  })
  .transform((rights) => ({
    export: rights.export,
    redact: rights.redact,
    tokens: rights.tokens,
    seeAll: rights.see_all,
  }))
  .meta({ form: "a mapping of rights to lists of roles" });
