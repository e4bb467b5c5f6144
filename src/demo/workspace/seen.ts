import type { SlackDouble } from "../slack/index.js";

/** Which messages each person has had on their screen. */
export interface Seen {
  /** The person looks at the conversation now. */
  look(user: string, channel: string): void;
  /** How many messages of others in it they have not looked at. */
  unread(user: string, channel: string): number;
}

/** Everything that stands there at the beginning counts as seen. */
export function createSeen(slack: SlackDouble, now: () => number): Seen {
  const begun = now() / 1000;
  const upTo = new Map<string, number>();
  const key = (user: string, channel: string) => `${user} ${channel}`;
  return {
    look: (user, channel) => {
      const newest = slack.messages(channel).at(-1);
      upTo.set(key(user, channel), Math.max(begun, Number(newest?.ts ?? 0)));
    },
    unread: (user, channel) => {
      const since = upTo.get(key(user, channel)) ?? begun;
      return slack.messages(channel).filter((one) => one.user !== user && Number(one.ts) > since).length;
    },
  };
}
