import { WebAPIPlatformError, type WebClient } from "@slack/web-api";
import type { AccountStatus } from "../../domain/decisions/principal.js";
import { CheckedCache } from "../../lib/checked-cache.js";
import { CHECKED_AT_THE_CLICK } from "../../usecases/ports/checked-at-the-click.js";
import type { Account, Directory } from "../../usecases/ports/ports.js";
import { accountStatusOf, channelsAnswer, groupAnswer, isSharedAnswer, userAnswer } from "./shapes.js";
import { type Workspace, workspaceOf } from "./workspace.js";

const SECOND = 1000;
const MINUTE = 60 * SECOND;

const SHARING = { freshMs: 5 * MINUTE, usableMs: 15 * MINUTE, waitMs: 1500 };
/** A name that moves to another channel is noticed within ten minutes. An id never changes. */
const NAMES = { freshMs: 10 * MINUTE, usableMs: 24 * 60 * MINUTE, waitMs: 5000 };
/** An outage is noticed within 30 seconds, however long the workspace is cached. */
const REACHABILITY = { freshMs: 30 * SECOND, usableMs: 30 * SECOND, waitMs: 1500 };
const HOME = { freshMs: 60 * MINUTE, usableMs: Number.POSITIVE_INFINITY, waitMs: 1500 };

const NO_SUCH_USER: ReadonlySet<string> = new Set(["user_not_found", "user_not_visible", "users_not_found"]);
const NO_SUCH_GROUP: ReadonlySet<string> = new Set(["no_such_subteam", "subteam_not_found", "subteam_disabled"]);
const NO_SUCH_CHANNEL: ReadonlySet<string> = new Set(["channel_not_found"]);

/** The directory port, with additions for Slack's own adapters. */
export interface SlackDirectory extends Pick<Directory, "account" | "group"> {
  /** Drops an account or group from the cache, after Slack reports a change (`user_change`) or to read a role again. */
  forget(userOrGroup: string): void;
  /** Ids that were looked up and that Slack does not know, sorted; for `/readyz`. */
  unknownIds(): readonly string[];
  /** The bot's workspace; `null` while Slack is unreachable. */
  home(): Promise<Workspace | null>;
  /** Whether Slack has accepted our token within the last 30 seconds. */
  reachable(): Promise<boolean>;
  /** The id of a channel given by `#name` or id; `null` when there is none or Slack is unreachable. */
  channelId(nameOrId: string): Promise<string | null>;
  /** Whether the channel is shared with another organisation; `null` when that is not known. */
  sharing(channel: string): Promise<boolean | null>;
}

export interface DirectorySettings {
  /** Its calls should time out within 1.5 s and never retry: see `createWebClient`. */
  readonly client: WebClient;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** Reads accounts, groups and channels from Slack, and caches them for the times above. */
export function createDirectory({ client, now }: DirectorySettings): SlackDirectory {
  const unknown = new Set<string>();
  const reachability = new CheckedCache<true>(async () => client.auth.test().then(() => true), now, REACHABILITY);
  const homes = new CheckedCache<Workspace>(async () => workspaceOf(await client.auth.test()), now, HOME);
  const homeNow = async (): Promise<Workspace | null> => (await homes.get("home"))?.value ?? null;

  /** Reads an id. When Slack refuses it with one of `refusals`, notes it as unknown and returns `fallback`. */
  const readKnown = async <T>(
    id: string,
    refusals: ReadonlySet<string>,
    fallback: T,
    read: () => Promise<T>,
  ): Promise<T> => {
    try {
      const value = await read();
      unknown.delete(id);
      return value;
    } catch (fault) {
      if (!(fault instanceof WebAPIPlatformError) || !refusals.has(fault.data.error)) throw fault;
      unknown.add(id);
      return fallback;
    }
  };

  const users = new CheckedCache<AccountStatus>(
    (user) =>
      readKnown<AccountStatus>(user, NO_SUCH_USER, "foreign", async () => {
        const [answer, home] = await Promise.all([client.users.info({ user }), homeNow()]);
        if (home === null) throw new Error("It is not known which workspace this is.");
        return accountStatusOf(userAnswer.parse(answer).user, home);
      }),
    now,
    CHECKED_AT_THE_CLICK,
  );

  const groups = new CheckedCache<readonly string[]>(
    (usergroup) =>
      readKnown<readonly string[]>(
        usergroup,
        NO_SUCH_GROUP,
        [],
        async () => groupAnswer.parse(await client.usergroups.users.list({ usergroup })).users,
      ),
    now,
    CHECKED_AT_THE_CLICK,
  );

  const names = new CheckedCache<string>(
    (name) => unlessUnsupported(findChannel(client, name), `#${name}`),
    now,
    NAMES,
  );
  const channelId = async (nameOrId: string): Promise<string | null> =>
    nameOrId.startsWith("#") ? ((await names.get(nameOrId.slice(1)))?.value ?? null) : nameOrId;

  const shared = new CheckedCache<boolean>(
    (channel) =>
      readKnown<boolean>(channel, NO_SUCH_CHANNEL, true, async () =>
        unlessUnsupported(client.conversations.info({ channel }).then(isSharedAnswer), false),
      ),
    now,
    SHARING,
  );
  const sharing = async (channel: string): Promise<boolean | null> => {
    const id = await channelId(channel);
    if (id === null) return null;
    // Still a name: this server cannot list channels, so it can neither look them up nor share them.
    return id.startsWith("#") ? false : ((await shared.get(id))?.value ?? null);
  };

  return {
    account: async (user): Promise<Account | null> => {
      if (user === "USLACKBOT") return { accountStatus: "bot", asOf: new Date(now()), stale: false };
      const answer = await users.get(user);
      return answer === null
        ? null
        : { accountStatus: answer.value, asOf: new Date(answer.asOfMs), stale: answer.stale };
    },
    group: async (usergroup) => {
      const answer = await groups.get(usergroup);
      return answer === null ? null : { users: answer.value, asOf: new Date(answer.asOfMs), stale: answer.stale };
    },
    sharing,
    channelId,
    home: homeNow,
    reachable: async () => (await reachability.get("auth.test")) !== null,
    forget: (id) => {
      users.forget(id);
      groups.forget(id);
    },
    unknownIds: () => [...unknown].sort(),
  };
}

/** Returns `fallback` from a server that lacks the method (`unknown_method`), such as an emulator. Rethrows other errors. */
function unlessUnsupported<T>(read: Promise<T>, fallback: T): Promise<T> {
  return read.catch((fault: unknown) => {
    if (fault instanceof WebAPIPlatformError && fault.data.error === "unknown_method") return fallback;
    throw fault;
  });
}

/** Pages through the channels that the bot can see until the name is found. */
async function findChannel(client: WebClient, name: string): Promise<string> {
  let cursor = "";
  do {
    const answer = await client.conversations.list({
      types: "public_channel,private_channel",
      exclude_archived: true,
      limit: 999,
      ...(cursor === "" ? {} : { cursor }),
    });
    const { channels, response_metadata } = channelsAnswer.parse(answer);
    const found = channels.find((channel) => channel.name === name || channel.name_normalized === name);
    if (found !== undefined) return found.id;
    cursor = response_metadata?.next_cursor ?? "";
  } while (cursor !== "");
  throw new Error("Slack lists no channel of that name.");
}
