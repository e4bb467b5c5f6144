import { z } from "zod";
import { postedAlert } from "../../domain/bypass/state.js";
import type { BypassRecord, Posted } from "../../usecases/ports/ports.js";

/** The workspace that the bot is installed in. */
export interface Workspace {
  readonly teamId: string | null;
  readonly enterpriseId: string | null;
  /** The URL of the workspace, ending in a slash, or `null`. */
  readonly url: string | null;
  /** The account as which the bot writes. */
  readonly botUserId: string | null;
}

const authAnswer = z.object({
  url: z.string().optional(),
  team_id: z.string().nullish(),
  enterprise_id: z.string().nullish(),
  user_id: z.string().nullish(),
});

/** The workspace that the token belongs to, from the answer of `auth.test`. */
export function workspaceOf(answer: unknown): Workspace {
  const { team_id, enterprise_id, url, user_id } = authAnswer.parse(answer);
  return {
    teamId: team_id ?? null,
    enterpriseId: enterprise_id ?? null,
    url: url === undefined ? null : url.replace(/\/{0,9}$/, "/"),
    botUserId: user_id ?? null,
  };
}

/** The permalink of a message; `null` while the workspace is unknown. */
export function permalink(workspace: Workspace | null, { channel, ts }: Posted): string | null {
  if (workspace === null || workspace.url === null) return null;
  return `${workspace.url}archives/${channel}/p${ts.replace(".", "")}`;
}

/**
 * The Slack URL of a bypass, for systems outside Slack. It points to the alert or, before the alert is posted, to its
 * channel or the workspace; `null` while the workspace is unknown.
 */
export function addressOf(workspace: Workspace | null, { state }: BypassRecord): string | null {
  const { channel } = state;
  const alert = postedAlert(state);
  if (alert !== null) return permalink(workspace, alert);
  if (workspace === null || workspace.url === null) return null;
  return channel.startsWith("#") ? workspace.url : `${workspace.url}archives/${channel}`;
}
