import { WebAPIPlatformError, type WebClient } from "@slack/web-api";
import { CheckedCache } from "../../lib/checked-cache.js";
import { channelsAnswer, isShared, isSharedAnswer } from "./shapes.js";

const SECOND = 1000;
const MINUTE = 60 * SECOND;

const SHARING = { freshMs: 5 * MINUTE, usableMs: 15 * MINUTE, waitMs: 1500 };
/** A name that moves to another channel is noticed within ten minutes. An id never changes. */
const NAMES = { freshMs: 10 * MINUTE, usableMs: 24 * 60 * MINUTE, waitMs: 5000 };
/** A bot that was just invited to a channel finds it within this time. */
const LOOK_AGAIN_MS = 30 * SECOND;

/** Slack's largest page of this method. */
const PAGE_SIZE = 999;
/** A bot that is a member of more channels than this finds only those that Slack lists first. */
const MOST_PAGES = 10;

const NO_SUCH_CHANNEL = "channel_not_found";

/** A channel that the bot is a member of. */
interface ListedChannel {
  readonly id: string;
  /** Whether it is shared with another organisation. */
  readonly shared: boolean;
}

/** The channels that the bot is a member of, by name; `null` from a server that cannot list them, such as an emulator. */
type ChannelsByName = ReadonlyMap<string, ListedChannel> | null;

/** What is known about channels. */
export interface Channels {
  /** The id of a channel given by `#name` or id; `null` when the bot is in none of that name or Slack does not answer. */
  channelId(nameOrId: string): Promise<string | null>;
  /** Whether the channel is shared with another organisation; `null` when that is not known. */
  sharing(nameOrId: string): Promise<boolean | null>;
}

export interface ChannelsSettings {
  readonly client: WebClient;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Hears of ids that Slack does not know, and of those it knows again. */
  readonly known: (id: string, isKnown: boolean) => void;
}

/**
 * Resolves names by the channels that the bot is a member of (`users.conversations`), because it can post in no other:
 * one page, where the list of a whole workspace takes a page for every thousand channels and runs into the rate limit.
 */
export function createChannels({ client, now, known }: ChannelsSettings): Channels {
  const lists = new CheckedCache<ChannelsByName>(() => orUnsupported(listMemberships(client), null), now, NAMES, 1);
  const listed = async (name: string): Promise<ListedChannel | null> => {
    const list = await lists.get("channels");
    if (list === null) return null;
    if (list.value === null) return { id: `#${name}`, shared: false };
    const found = list.value.get(name);
    if (found !== undefined || now() - list.asOfMs < LOOK_AGAIN_MS) return found ?? null;
    lists.forget("channels");
    return (await lists.get("channels"))?.value?.get(name) ?? null;
  };
  const listedById = async (id: string): Promise<ListedChannel | null> => {
    const list = await lists.get("channels");
    if (list !== null && now() - list.asOfMs > SHARING.usableMs) return null;
    return [...(list?.value?.values() ?? [])].find((channel) => channel.id === id) ?? null;
  };
  const channelId = async (nameOrId: string): Promise<string | null> =>
    nameOrId.startsWith("#") ? ((await listed(nameOrId.slice(1)))?.id ?? null) : nameOrId;

  const shared = new CheckedCache<boolean>((channel) => readSharing(client, channel, known), now, SHARING);
  return {
    channelId,
    sharing: async (nameOrId) => {
      const id = await channelId(nameOrId);
      if (id === null) return null;
      // Still a name: this server cannot list channels, so it can neither look them up nor share them.
      if (id.startsWith("#")) return false;
      const answer = await shared.get(id);
      return answer?.value ?? (await listedById(id))?.shared ?? null;
    },
  };
}

/** Returns `fallback` from a server that lacks the method (`unknown_method`). Rethrows other errors. */
function orUnsupported<T>(read: Promise<T>, fallback: T): Promise<T> {
  return read.catch((fault: unknown) => {
    if (fault instanceof WebAPIPlatformError && fault.data.error === "unknown_method") return fallback;
    throw fault;
  });
}

async function listMemberships(client: WebClient): Promise<ChannelsByName> {
  const byName = new Map<string, ListedChannel>();
  let cursor = "";
  for (let page = 1; page <= MOST_PAGES; page += 1) {
    const answer = await client.users.conversations({
      types: "public_channel,private_channel",
      exclude_archived: true,
      limit: PAGE_SIZE,
      ...(cursor === "" ? {} : { cursor }),
    });
    const { channels, response_metadata } = channelsAnswer.parse(answer);
    for (const channel of channels) {
      const entry = { id: channel.id, shared: isShared(channel) };
      for (const name of [channel.name_normalized, channel.name]) if (name !== undefined) byName.set(name, entry);
    }
    cursor = response_metadata?.next_cursor ?? "";
    if (cursor === "") break;
  }
  return byName;
}

/** A channel that Slack does not know counts as shared: the bot cannot see it, so others may. */
async function readSharing(client: WebClient, channel: string, known: ChannelsSettings["known"]): Promise<boolean> {
  try {
    const shared = await orUnsupported(client.conversations.info({ channel }).then(isSharedAnswer), false);
    known(channel, true);
    return shared;
  } catch (fault) {
    if (!(fault instanceof WebAPIPlatformError) || fault.data.error !== NO_SUCH_CHANNEL) throw fault;
    known(channel, false);
    return true;
  }
}
