import type { WebClient } from "@slack/web-api";
import { channelsOf } from "../../domain/policy/channels.js";
import type { Policy } from "../../domain/policy/policy.js";
import type { Trouble } from "../../usecases/ports/ports.js";
import { standingIn } from "../directory/membership.js";
import { accountStatusOf, groupAnswer, userAnswer } from "../directory/shapes.js";
import { workspaceOf } from "../directory/workspace.js";
import { troubleOf } from "../health/call-trouble.js";
import { PLAN_LACKS_IT } from "../health/refusal-codes.js";
import type { Survey } from "./survey.js";

export interface PolicyCheckOptions {
  readonly client: WebClient;
  readonly survey: Pick<Survey, "channels">;
  readonly policy: Policy;
}

const CORRECT_ID = "Correct it in the policy; npx breakglass init lists what Slack knows.";

/**
 * Looks up every channel, user group and account that the policy names: whether it is there, the bot is a member, and
 * somebody can hold the role. What the token may not read is left out: the check of the token names it.
 */
export async function checkPolicyInSlack(options: PolicyCheckOptions): Promise<readonly Trouble[]> {
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

async function checkChannel({ client, survey }: PolicyCheckOptions, named: string): Promise<Trouble[]> {
  const invite = `In ${named}: /invite @breakglass. A private channel is seen only by its members.`;
  const unseen = { word: "unknown_ids", problem: `The bot sees no channel ${named}.`, fix: invite } as const;
  try {
    const id = named.startsWith("#") ? (await survey.channels()).find(({ name }) => `#${name}` === named)?.id : named;
    if (id === undefined) return [unseen];
    const standing = await standingIn(client, id);
    if (standing === "member") return [];
    const word = "not_in_channel";
    if (standing === "outside") return [{ word, problem: `The bot is not a member of ${named}.`, fix: invite }];
    return [{ word, problem: `The channel ${named} is archived.`, fix: "Name another one, or unarchive it." }];
  } catch (fault) {
    return explained(fault, { channel_not_found: unseen });
  }
}

async function checkGroup({ client }: PolicyCheckOptions, role: string, usergroup: string): Promise<Trouble[]> {
  const unknown = {
    word: "unknown_ids",
    problem: `Slack knows no user group ${usergroup} (role ${role}), or it is disabled.`,
    fix: CORRECT_ID,
  } as const;
  try {
    const { users } = groupAnswer.parse(await client.usergroups.users.list({ usergroup }));
    if (users.length > 0) return [];
    const problem = `Nobody is in the user group ${usergroup}, so nobody holds the role ${role} by it.`;
    return [{ word: null, problem, fix: "Add people to the group in Slack." }];
  } catch (fault) {
    return explained(fault, { no_such_subteam: unknown, subteam_not_found: unknown, subteam_disabled: unknown });
  }
}

async function checkAccount({ client }: PolicyCheckOptions, role: string, id: string): Promise<Trouble[]> {
  const unknown = {
    word: "unknown_ids",
    problem: `Slack knows no account ${id} (role ${role}).`,
    fix: CORRECT_ID,
  } as const;
  try {
    const [answer, identity] = await Promise.all([client.users.info({ user: id }), client.auth.test()]);
    const status = accountStatusOf(userAnswer.parse(answer).user, workspaceOf(identity));
    if (status === "member") return [];
    const fix = "Name somebody else: guests, bots, and deactivated or foreign accounts are refused.";
    return [{ word: null, problem: `The account ${id} (role ${role}) is ${KINDS[status]}.`, fix }];
  } catch (fault) {
    return explained(fault, { user_not_found: unknown, user_not_visible: unknown });
  }
}

const KINDS = {
  deactivated: "deactivated",
  bot: "a bot",
  guest: "a guest",
  foreign: "of another organisation",
} as const;

/** The trouble that a code stands for. A missing scope, a refused token and an absent Slack are told once elsewhere. */
function explained(fault: unknown, known: Readonly<Record<string, Trouble>>): Trouble[] {
  const { code, word, problem } = troubleOf(fault);
  const own = known[code];
  if (own !== undefined) return [own];
  return PLAN_LACKS_IT.has(code) ? [{ word, problem }] : [];
}
