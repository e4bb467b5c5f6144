import { z } from "zod";
import type { SlackDouble } from "../slack/index.js";

/** What has been looked at, as it can be stored. */
export const keptSeen = z.object({
  /** From then on what nobody has looked at counts as unread (seconds, as in a timestamp). */
  begun: z.number(),
  /** The newest message on the screen, by person and channel. */
  upTo: z.record(z.string(), z.number()),
});

/** What has been looked at, as an earlier demo kept it. */
export type KeptSeen = z.infer<typeof keptSeen>;

/** Which messages each person has had on their screen. */
export interface Seen {
  /** The person looks at the conversation now. */
  look(user: string, channel: string): void;
  /** How many messages of others in it they have not looked at. */
  unread(user: string, channel: string): number;
  /** To be handed to a later one as `kept`. */
  keep(): KeptSeen;
}

/** `kept` is that of an earlier demo; without it everything that stands there at the beginning counts as seen. */
export function createSeen(slack: SlackDouble, now: () => number, kept?: KeptSeen): Seen {
  const begun = kept?.begun ?? now() / 1000;
  const upTo = new Map(Object.entries(kept?.upTo ?? {}));
  const key = (user: string, channel: string) => `${user} ${channel}`;
  return {
    look: (user, channel) => {
      const newest = slack.messages(channel).at(-1);
      upTo.set(key(user, channel), Math.max(begun, Number(newest?.ts ?? 0)));
      // It changes what everybody's screen shows, and what is to be kept.
      slack.record.changed();
    },
    unread: (user, channel) => {
      const since = upTo.get(key(user, channel)) ?? begun;
      return slack.messages(channel).filter((one) => one.user !== user && Number(one.ts) > since).length;
    },
    keep: () => ({ begun, upTo: Object.fromEntries(upTo) }),
  };
}
