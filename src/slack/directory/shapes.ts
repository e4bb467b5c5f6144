import { z } from "zod";
import type { AccountStatus } from "../../domain/decisions/principal.js";
import type { Workspace } from "./workspace.js";

/** An account, as far as its status depends on it. */
export const user = z.object({
  id: z.string(),
  team_id: z.string().nullish(),
  deleted: z.boolean().optional(),
  is_bot: z.boolean().optional(),
  is_restricted: z.boolean().optional(),
  is_ultra_restricted: z.boolean().optional(),
  is_stranger: z.boolean().optional(),
  enterprise_user: z.object({ id: z.string().optional(), enterprise_id: z.string().optional() }).nullish(),
});

export const userAnswer = z.object({ user });

export const groupAnswer = z.object({ users: z.array(z.string()) });

const sharing = z.object({
  is_shared: z.boolean().optional(),
  is_org_shared: z.boolean().optional(),
  is_ext_shared: z.boolean().optional(),
  is_pending_ext_shared: z.boolean().optional(),
});

const channelAnswer = z.object({ channel: sharing });

export const channelsAnswer = z.object({
  channels: z.array(
    sharing.extend({ id: z.string(), name: z.string().optional(), name_normalized: z.string().optional() }),
  ),
  response_metadata: z.object({ next_cursor: z.string().optional() }).optional(),
});

type User = z.infer<typeof user>;

/** The status of an account in this workspace. The order matters: a deactivated guest is deactivated. */
export function accountStatusOf(user: User, home: Workspace): AccountStatus {
  if (user.deleted === true) return "deactivated";
  if (user.is_bot === true || user.id === "USLACKBOT") return "bot";
  if (user.is_restricted === true || user.is_ultra_restricted === true) return "guest";
  return user.is_stranger === true || !isAtHome(user, home) ? "foreign" : "member";
}

/** The ids that an answer gives the account: that of its workspace, and that of its organisation. */
export const idsOfAnswer = ({ id, enterprise_user }: User): readonly string[] => [
  id,
  ...(enterprise_user?.id === undefined ? [] : [enterprise_user.id]),
];

/** Whether the user belongs to this workspace, or to another one of the same Enterprise organisation. */
function isAtHome(user: User, home: Workspace): boolean {
  if (user.team_id != null && user.team_id === home.teamId) return true;
  return home.enterpriseId !== null && user.enterprise_user?.enterprise_id === home.enterpriseId;
}

/** The same, from the answer of `conversations.info`. */
export const isSharedAnswer = (answer: unknown): boolean => isShared(channelAnswer.parse(answer).channel);

/** Whether the channel is, or is about to be, shared with another organisation. Sharing within one does not count. */
export function isShared(channel: z.infer<typeof sharing>): boolean {
  if (channel.is_ext_shared === true || channel.is_pending_ext_shared === true) return true;
  return channel.is_shared === true && channel.is_org_shared !== true;
}
