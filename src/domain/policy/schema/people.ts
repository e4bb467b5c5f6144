import { z } from "zod";
import {
  githubLogin,
  listOf,
  notUsedYet,
  optional,
  pagerdutyScheduleId,
  pagerdutyUserId,
  roleItem,
  usergroupId,
  userId,
  withDefault,
} from "./fields.js";

/** Who holds a role: members of a user group, people on call in a schedule, accounts by ID, or several of these. */
export const roleSection = z
  .strictObject({
    slack_usergroup: optional(usergroupId, "Everyone in this Slack user group holds the role.", "no user group"),
    slack_users: withDefault(
      listOf(userId, "a list of IDs of Slack accounts", 0),
      "These Slack accounts hold the role.",
      [],
    ),
    pagerduty_schedule: optional(
      pagerdutyScheduleId,
      "Whoever is on call in this PagerDuty schedule holds the role, with all Slack accounts that `people` lists for them.",
      "no schedule",
    ),
  })
  .transform((role) => ({
    slackUsergroup: role.slack_usergroup ?? null,
    slackUsers: role.slack_users,
    pagerdutySchedule: role.pagerduty_schedule ?? null,
  }))
  .refine((role) => role.slackUsergroup !== null || role.pagerdutySchedule !== null || role.slackUsers.length > 0, {
    error: "slack_usergroup, pagerduty_schedule or at least one account in slack_users: nobody would hold this role",
  })
  .meta({ form: "a role: slack_usergroup, slack_users, pagerduty_schedule, or several of these" });

/** The accounts of one human, so that nobody approves their own bypass through a second account. */
export const personSection = z
  .strictObject({
    slack: withDefault(
      listOf(userId, "a list of IDs of Slack accounts", 0),
      "The person's Slack accounts. Two accounts of one person never approve each other.",
      [],
    ),
    github: notUsedYet(optional(githubLogin, "The person's GitHub login.", "no GitHub account")),
    pagerduty: optional(
      pagerdutyUserId,
      "The person's PagerDuty user. Somebody on call whom no person here names holds nothing by a schedule.",
      "no PagerDuty user",
    ),
  })
  .transform((person) => ({ slack: person.slack, github: person.github ?? null, pagerduty: person.pagerduty ?? null }))
  .refine((person) => person.slack.length > 0 || person.github !== null || person.pagerduty !== null, {
    error: "at least one account in slack, github or pagerduty",
  })
  .meta({ form: "a person: slack, github, pagerduty, or several of these" });

const holders = listOf(roleItem, "a list of roles", 0);

/** Rights that belong to no path. Nobody holds a right that is left out. */
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
