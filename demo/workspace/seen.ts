import { z } from "zod";
import type { SlackDouble } from "../slack/index.js";

/** What each person has read, as it is stored. */
export const keptSeen = z.object({
  /** Unread counts begin here (seconds since 1970, as in a message timestamp). */
  begun: z.number(),
  /** The newest message on the screen, by person and channel. */
  upTo: z.record(z.string(), z.number()),
});

/** What each person has read, as an earlier demo kept it. */
export type KeptSeen = z.infer<typeof keptSeen>;

/** Which messages each person has read. */
export interface Seen {
  /** Marks the conversation as read for this person. */
  look(user: string, channel: string): void;
  /** The number of messages by others that this person has not read. */
  unread(user: string, channel: string): number;
  /** The state, to be passed to a later demo as `kept`. */
  keep(): KeptSeen;
}

/** Without `kept`, the state of an earlier demo, everything that is there at the start counts as read. */
export function createSeen(slack: SlackDouble, now: () => number, kept?: KeptSeen): Seen {
  const begun = kept?.begun ?? now() / 1000;
  const upTo = new Map(Object.entries(kept?.upTo ?? {}));
  const key = (user: string, channel: string) => `${user} ${channel}`;
  return {
    look: (user, channel) => {
      const newest = slack.messages(channel).at(-1);
      upTo.set(key(user, channel), Math.max(begun, Number(newest?.ts ?? 0)));
      // It changes everybody's screen and the stored state.
      slack.record.changed();
    },
    unread: (user, channel) => {
      const since = upTo.get(key(user, channel)) ?? begun;
      return slack.messages(channel).filter((one) => one.user !== user && Number(one.ts) > since).length;
    },
    keep: () => ({ begun, upTo: Object.fromEntries(upTo) }),
  };
}
