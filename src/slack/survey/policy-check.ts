import type { WebClient } from "@slack/web-api";
import { z } from "zod";
import type { Policy } from "../../domain/policy/policy.js";
import { groupAnswer } from "../directory/shapes.js";
import { channelsOf, standingIn } from "./membership.js";
import type { Survey } from "./survey.js";
import { type SlackTrouble, troubleOf } from "./trouble.js";

/** Something that the policy names and Slack does not have as the policy needs it. */
export interface PolicyTrouble {
  /** The word of `/readyz`; `null` if it has none. */
  readonly word: "unknown_ids" | "not_in_channel" | null;
  readonly problem: string;
  readonly mend: string;
}

export interface PolicyCheckOptions {
  readonly client: WebClient;
  readonly survey: Pick<Survey, "channels">;
  readonly policy: Policy;
}

const userAnswer = z.object({
  user: z.object({
    deleted: z.boolean().optional(),
    is_bot: z.boolean().optional(),
    is_restricted: z.boolean().optional(),
    is_stranger: z.boolean().optional(),
  }),
});

const CORRECT_ID = "Correct it in the policy; npx breakglass init lists what Slack knows.";

/**
 * Looks up every channel, user group and account that the policy names: whether it is there, the bot is a member, and
 * somebody can hold the role. What the token may not read is left out: {@link SlackTrouble} of the token names it.
 */
export async function checkPolicyInSlack(options: PolicyCheckOptions): Promise<readonly PolicyTrouble[]> {
  const { roles } = options.policy;
  const checks = [
    ...channelsOf(options.policy).map((channel) => checkChannel(options, channel)),
    ...Object.entries(roles).flatMap(([role, { slackUsergroup, slackUsers }]) => [
      ...(slackUsergroup === null ? [] : [checkGroup(options, role, slackUsergroup)]),
      ...slackUsers.map((user) => checkAccount(options, role, user)),
    ]),
  ];
  return (await Promise.all(checks)).flat();
}

async function checkChannel({ client, survey }: PolicyCheckOptions, named: string): Promise<PolicyTrouble[]> {
  const invite = `In ${named}: /invite @breakglass. A private channel is seen only by its members.`;
  const unseen = { word: "unknown_ids", problem: `The bot sees no channel ${named}.`, mend: invite } as const;
  try {
    const id = named.startsWith("#") ? (await survey.channels()).find(({ name }) => `#${name}` === named)?.id : named;
    if (id === undefined) return [unseen];
    const standing = await standingIn(client, id);
    if (standing === "member") return [];
    const word = "not_in_channel";
    if (standing === "outside") return [{ word, problem: `The bot is not a member of ${named}.`, mend: invite }];
    return [{ word, problem: `The channel ${named} is archived.`, mend: "Name another one, or unarchive it." }];
  } catch (fault) {
    return explained(fault, { channel_not_found: unseen });
  }
}

async function checkGroup({ client }: PolicyCheckOptions, role: string, usergroup: string): Promise<PolicyTrouble[]> {
  const unknown = {
    word: "unknown_ids",
    problem: `Slack knows no user group ${usergroup} (role ${role}), or it is disabled.`,
    mend: CORRECT_ID,
  } as const;
  try {
    const { users } = groupAnswer.parse(await client.usergroups.users.list({ usergroup }));
    if (users.length > 0) return [];
    const problem = `Nobody is in the user group ${usergroup}, so nobody holds the role ${role} by it.`;
    return [{ word: null, problem, mend: "Add people to the group in Slack." }];
  } catch (fault) {
    return explained(fault, { no_such_subteam: unknown, subteam_not_found: unknown, subteam_disabled: unknown });
  }
}

async function checkAccount({ client }: PolicyCheckOptions, role: string, id: string): Promise<PolicyTrouble[]> {
  const unknown = {
    word: "unknown_ids",
    problem: `Slack knows no account ${id} (role ${role}).`,
    mend: CORRECT_ID,
  } as const;
  try {
    const { user } = userAnswer.parse(await client.users.info({ user: id }));
    const kind =
      (user.deleted === true && "deactivated") ||
      (user.is_bot === true && "a bot") ||
      (user.is_restricted === true && "a guest") ||
      (user.is_stranger === true && "of another organisation");
    if (kind === false) return [];
    const mend = "Name somebody else: guests, bots, and deactivated or foreign accounts are refused.";
    return [{ word: null, problem: `The account ${id} (role ${role}) is ${kind}.`, mend }];
  } catch (fault) {
    return explained(fault, { user_not_found: unknown, user_not_visible: unknown });
  }
}

/** The trouble that a code stands for. A missing scope, a refused token and an absent Slack are told once elsewhere. */
function explained(fault: unknown, known: Readonly<Record<string, PolicyTrouble>>): PolicyTrouble[] {
  const { code, problem, mend } = troubleOf(fault);
  const own = known[code];
  if (own !== undefined) return [own];
  return code === "plan_upgrade_required" || code === "paid_teams_only" ? [{ word: null, problem, mend }] : [];
}
