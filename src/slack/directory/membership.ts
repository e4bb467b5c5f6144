import type { WebClient } from "@slack/web-api";
import { z } from "zod";
import { channelsOf } from "../../domain/policy/channels.js";
import { CheckedCache } from "../../lib/checked-cache.js";
import type { PolicySource } from "../../usecases/ports/ports.js";

/** How the bot stands to a channel. An archived one takes no messages from its members either. */
export type Standing = "member" | "outside" | "archived";

const answer = z.object({
  channel: z.object({ is_member: z.boolean().optional(), is_archived: z.boolean().optional() }),
});

/** Asks how the bot stands to a channel. Rejects as the client does, with `channel_not_found` for one it may not see. */
export async function standingIn(client: WebClient, id: string): Promise<Standing> {
  const { channel } = answer.parse(await client.conversations.info({ channel: id }));
  if (channel.is_archived === true) return "archived";
  return channel.is_member === true ? "member" : "outside";
}

export interface MembershipOptions {
  /** Its calls should time out within 1.5 s. */
  readonly client: WebClient;
  /** The id of a channel given by `#name` or id; `null` when it is not known. */
  readonly channelId: (nameOrId: string) => Promise<string | null>;
  readonly policy: PolicySource;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

const MINUTE = 60_000;
/** An invitation or a removal shows in `/readyz` within a minute. */
const STANDING = { freshMs: MINUTE, usableMs: 15 * MINUTE, waitMs: 1_500 };

/**
 * Watches whether the bot can post where the policy wants it to.
 * @returns a function that names the channels where it cannot, for `/readyz`; one that is not known is left out
 */
export function createMembership({ client, channelId, policy, now }: MembershipOptions) {
  const standings = new CheckedCache<Standing>((id) => standingIn(client, id), now, STANDING);
  return async (): Promise<readonly string[]> => {
    const named = channelsOf(policy.current().policy);
    const missing = await Promise.all(
      named.map(async (name) => {
        const id = await channelId(name);
        const standing = id === null || id.startsWith("#") ? null : await standings.get(id);
        return standing !== null && standing.value !== "member" ? [name] : [];
      }),
    );
    return missing.flat();
  };
}
