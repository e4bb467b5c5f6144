import { channelsOf } from "../../domain/policy/channels.js";
import type { Policy } from "../../domain/policy/policy.js";
import type { Log, PolicySource } from "../../usecases/ports/ports.js";
import { hintOf } from "../../usecases/ports/readyz-words.js";
import type { SlackDirectory } from "./directory.js";

export interface NamedIdsOptions {
  readonly directory: Pick<SlackDirectory, "account" | "group" | "sharing" | "reachable" | "unknownIds">;
  readonly policy: PolicySource;
  readonly log: Log;
}

/** Checks the accounts, user groups and channels named in the policy, so that a typo is noticed before an emergency. */
export interface NamedIds {
  /** Looks each one up and logs those that Slack does not know. Returns at once and never fails. */
  lookUp(): void;
  /** Ids in the policy in force that Slack does not know, as far as they have been looked up. */
  unknown(): readonly string[];
}

export function createNamedIds({ directory, policy, log }: NamedIdsOptions): NamedIds {
  const unknown = (): readonly string[] => {
    const text = JSON.stringify(policy.current().policy);
    return directory.unknownIds().filter((id) => text.includes(JSON.stringify(id)));
  };

  const lookUp = async (): Promise<void> => {
    await Promise.all(lookUpAll(policy.current().policy, directory));
    if (!(await directory.reachable())) {
      log.warn("slack.unreachable", {
        hint: hintOf("slack"),
      });
    }
    const ids = unknown();
    if (ids.length > 0) log.warn("policy.unknown_ids", { ids, hint: hintOf("unknown_ids") });
  };

  return {
    lookUp: () => void lookUp().catch((error: unknown) => log.warn("policy.lookup_failed", { error })),
    unknown,
  };
}

function lookUpAll(policy: Policy, directory: NamedIdsOptions["directory"]): readonly Promise<unknown>[] {
  const all = Object.values(policy.roles);
  const listed = [
    ...all.flatMap(({ slackUsers }) => slackUsers),
    ...Object.values(policy.people).flatMap(({ slack }) => slack),
  ];
  return [
    ...all.flatMap(({ slackUsergroup }) => (slackUsergroup === null ? [] : [directory.group(slackUsergroup)])),
    // Of people too: the answer may name a second id of theirs.
    ...[...new Set(listed)].map((user) => directory.account(user)),
    ...channelsOf(policy).map((channel) => directory.sharing(channel)),
  ];
}
