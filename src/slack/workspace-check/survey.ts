import { WebAPIRateLimitedError, type WebClient } from "@slack/web-api";
import { z } from "zod";
import { accountStatusOf, channelsAnswer as channelIds, user } from "../directory/shapes.js";
import { workspaceOf } from "../directory/workspace.js";

/** The workspace that a bot token belongs to, and the bot in it. */
export interface SurveyedWorkspace {
  readonly name: string;
  /** The bot's account. */
  readonly bot: string;
}

/** A user group. */
export interface SlackGroup {
  readonly id: string;
  /** Without the `@`. */
  readonly handle: string;
  readonly members: number;
}

/** A member of the workspace: no bot, guest, stranger or deactivated account. */
export interface SlackPerson {
  readonly id: string;
  /** Their name in the workspace, without the `@`. */
  readonly name: string;
  readonly displayName: string;
  /** An IANA name, or `null`. */
  readonly timeZone: string | null;
}

/** A channel that the bot can see. */
export interface SlackChannel {
  readonly id: string;
  /** Without the `#`. */
  readonly name: string;
  readonly botIsMember: boolean;
  /** Shared with another organisation. */
  readonly shared: boolean;
}

/** Lists what a policy can name. Rejects as the client does; {@link troubleOf} explains it. */
export interface Survey {
  workspace(): Promise<SurveyedWorkspace>;
  groups(): Promise<readonly SlackGroup[]>;
  people(): Promise<readonly SlackPerson[]>;
  channels(): Promise<readonly SlackChannel[]>;
}

export interface SurveyOptions {
  readonly client: WebClient;
  /** Waits that many milliseconds: large workspaces take several calls, and Slack asks to pause between them. */
  readonly pause: (ms: number) => Promise<void>;
}

const identity = z.object({ team: z.string(), user: z.string() });
const groupsAnswer = z.object({
  usergroups: z.array(z.object({ id: z.string(), handle: z.string(), user_count: z.coerce.number().optional() })),
});
const next = z.object({ next_cursor: z.string().optional() }).optional();
const peopleAnswer = z.object({
  members: z.array(
    user.extend({
      name: z.string(),
      tz: z.string().nullish(),
      profile: z.object({ display_name: z.string().optional(), real_name: z.string().optional() }).optional(),
    }),
  ),
  response_metadata: next,
});
const channelsAnswer = channelIds.extend({
  channels: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      is_member: z.boolean().optional(),
      is_ext_shared: z.boolean().optional(),
    }),
  ),
});

/** Pauses that Slack asked for in one call before it counts as failed. */
const MOST_PAUSES = 5;

/** Creates a survey of the workspace that the client's token belongs to. */
export function createSurvey({ client, pause }: SurveyOptions): Survey {
  const patiently = async <T>(call: () => Promise<T>): Promise<T> => {
    for (let pauses = 0; ; pauses += 1) {
      try {
        return await call();
      } catch (fault) {
        if (!(fault instanceof WebAPIRateLimitedError) || pauses === MOST_PAUSES) throw fault;
        await pause(fault.retryAfter * 1000);
      }
    }
  };

  /** Reads all pages of a list. */
  const all = async <T>(read: (cursor: { cursor?: string }) => Promise<{ items: readonly T[]; cursor: string }>) => {
    const items: T[] = [];
    let cursor = "";
    do {
      const from = cursor === "" ? {} : { cursor };
      const page = await patiently(() => read(from));
      items.push(...page.items);
      cursor = page.cursor;
    } while (cursor !== "");
    return items;
  };

  return {
    workspace: async () => {
      const { team, user } = identity.parse(await patiently(() => client.auth.test()));
      return { name: team, bot: user };
    },
    groups: async () => {
      const answer = await patiently(() => client.usergroups.list({ include_count: true }));
      const { usergroups } = groupsAnswer.parse(answer);
      return usergroups.map(({ id, handle, user_count = 0 }) => ({ id, handle, members: user_count }));
    },
    people: async () => {
      const everybody = await all(async (from) => {
        const { members, response_metadata } = peopleAnswer.parse(await client.users.list({ limit: 200, ...from }));
        return { items: members, cursor: response_metadata?.next_cursor ?? "" };
      });
      const home = workspaceOf(await patiently(() => client.auth.test()));
      const members = everybody.filter((one) => accountStatusOf(one, home) === "member");
      return members.map(({ id, name, tz, profile }) => ({
        id,
        name,
        displayName: profile?.display_name || profile?.real_name || name,
        timeZone: tz ?? null,
      }));
    },
    channels: async () => {
      const channels = await all(async (from) => {
        const answer = await client.conversations.list({
          types: "public_channel,private_channel",
          exclude_archived: true,
          limit: 999,
          ...from,
        });
        const { channels, response_metadata } = channelsAnswer.parse(answer);
        return { items: channels, cursor: response_metadata?.next_cursor ?? "" };
      });
      return channels.map(({ id, name, is_member, is_ext_shared }) => ({
        id,
        name,
        botIsMember: is_member === true,
        shared: is_ext_shared === true,
      }));
    },
  };
}
