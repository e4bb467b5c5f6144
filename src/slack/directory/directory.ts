import { WebAPIPlatformError, type WebClient } from "@slack/web-api";
import type { AccountStatus } from "../../domain/decisions/principal.js";
import { CheckedCache } from "../../lib/checked-cache.js";
import { CHECKED_AT_THE_CLICK } from "../../usecases/ports/checked-at-the-click.js";
import type { Account, Directory } from "../../usecases/ports/ports.js";
import { OTHER_WORKSPACE } from "../health/refusal-codes.js";
import type { RefusedMethods } from "../health/refused-methods.js";
import { type Channels, createChannels } from "./channels.js";
import { createSameAccount } from "./same-account.js";
import { accountStatusOf, groupAnswer, idsOfAnswer, userAnswer } from "./shapes.js";
import { type Workspace, workspaceOf } from "./workspace.js";

const SECOND = 1000;
const MINUTE = 60 * SECOND;

/** An outage is noticed within 30 seconds, however long the workspace is cached. */
const REACHABILITY = { freshMs: 30 * SECOND, usableMs: 30 * SECOND, waitMs: 1500 };
const HOME = { freshMs: 60 * MINUTE, usableMs: Number.POSITIVE_INFINITY, waitMs: 1500 };

export const NO_SUCH_USER: ReadonlySet<string> = new Set(["user_not_found", "user_not_visible", "users_not_found"]);
const NO_SUCH_GROUP: ReadonlySet<string> = new Set(["no_such_subteam", "subteam_not_found", "subteam_disabled"]);

/** The directory port, with additions for Slack's own adapters. */
export interface SlackDirectory
  extends Pick<Directory, "account" | "group">,
    Required<Pick<Directory, "refusal">>,
    Channels {
  /** Drops an account or group from the cache, after Slack reports a change (`user_change`) or to read a role again. */
  forget(userOrGroup: string): void;
  /** Ids that were looked up and that Slack does not know, sorted; for `/readyz`. */
  unknownIds(): readonly string[];
  /** The bot's workspace; `null` while Slack is unreachable. */
  home(): Promise<Workspace | null>;
  /** Whether Slack has accepted our token within the last 30 seconds. */
  reachable(): Promise<boolean>;
  /** Notes the workspace that a slash command came from: the app is installed there. */
  commandFrom(teamId: string): void;
  /** That workspace, when the bot token belongs to another one; else `null`. Nobody is a member of it then. */
  otherWorkspace(): string | null;
}

export interface DirectorySettings {
  /** Its calls should time out within 1.5 s and never retry: see `createWebClient`. */
  readonly client: WebClient;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** The methods that Slack refuses; left out: none is known. */
  readonly refused?: Pick<RefusedMethods, "of">;
}

/** Reads accounts, groups and channels from Slack, and caches them for the times above. */
export function createDirectory({ client, now, refused }: DirectorySettings): SlackDirectory {
  const unknown = new Set<string>();
  const reachability = new CheckedCache<true>(async () => client.auth.test().then(() => true), now, REACHABILITY);
  const homes = new CheckedCache<Workspace>(async () => workspaceOf(await client.auth.test()), now, HOME);
  let home: Workspace | null = null;
  const homeNow = async (): Promise<Workspace | null> => {
    home = (await homes.get("home"))?.value ?? null;
    return home;
  };
  let commandTeam: string | null = null;
  /** In an organisation, a command may come from any of its workspaces. */
  const otherWorkspace = (): string | null => {
    const isElsewhere = home?.teamId != null && home.enterpriseId === null && commandTeam !== home.teamId;
    return isElsewhere ? commandTeam : null;
  };

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

  const same = createSameAccount();
  const users = new CheckedCache<AccountStatus>(
    (user) =>
      readKnown<AccountStatus>(user, NO_SUCH_USER, "foreign", async () => {
        const [answer, home] = await Promise.all([client.users.info({ user }), homeNow()]);
        if (home === null) throw new Error("It is not known which workspace this is.");
        const account = userAnswer.parse(answer).user;
        same.heard(user, idsOfAnswer(account));
        return accountStatusOf(account, home);
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

  const channels = createChannels({
    client,
    now,
    known: (id, isKnown) => void (isKnown ? unknown.delete(id) : unknown.add(id)),
  });

  return {
    account: async (user): Promise<Account | null> => {
      if (user === "USLACKBOT") return { ids: [user], accountStatus: "bot", asOf: new Date(now()), stale: false };
      const answer = await users.get(user);
      // The accounts of this workspace are unknown to a token of another one, and would look like strangers.
      const isForeign = answer?.value === "foreign";
      if (isForeign) await homeNow();
      return answer === null || (isForeign && otherWorkspace() !== null)
        ? null
        : { ids: same.idsOf(user), accountStatus: answer.value, asOf: new Date(answer.asOfMs), stale: answer.stale };
    },
    group: async (usergroup) => {
      const answer = await groups.get(usergroup);
      return answer === null ? null : { users: answer.value, asOf: new Date(answer.asOfMs), stale: answer.stale };
    },
    sharing: channels.sharing,
    channelId: channels.channelId,
    home: homeNow,
    refusal: async (what) => {
      if (otherWorkspace() !== null) return { code: OTHER_WORKSPACE, needed: null };
      return refused?.of(what === "account" ? "users.info" : "usergroups.users.list") ?? null;
    },
    commandFrom: (teamId) => {
      commandTeam = teamId;
      void homeNow();
    },
    otherWorkspace,
    reachable: async () => (await reachability.get("auth.test")) !== null,
    forget: (id) => {
      for (const one of same.idsOf(id)) users.forget(one);
      groups.forget(id);
    },
    unknownIds: () => [...unknown].sort(),
  };
}
