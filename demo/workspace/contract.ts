import type { Block, Channel, Group, Message, OpenView, Person } from "../slack/index.js";

/** A person as the page shows them. */
export interface PersonShown extends Person {
  /** What they are in the tale, in a few words. */
  readonly part: string;
  /** Messages of the bot to them that they have not seen. */
  readonly waiting: number;
}

/** A picture that the bot uploaded. */
export interface FileShown {
  readonly id: string;
  readonly title: string;
  readonly altText: string;
  /** Pixels. */
  readonly width: number;
  readonly height: number;
}

/** A message as one person sees it. */
export interface MessageShown {
  readonly channel: string;
  readonly ts: string;
  readonly threadTs: string | null;
  readonly user: string;
  readonly text: string;
  readonly blocks: readonly Block[];
  readonly files: readonly FileShown[];
  readonly edited: boolean;
  readonly broadcast: boolean;
  /** Nobody else sees it. */
  readonly onlyYou: boolean;
}

/** A channel, or the direct messages with the bot. */
export interface ConversationShown {
  readonly id: string;
  readonly name: string;
  readonly kind: Channel["kind"];
  readonly unread: number;
  readonly messages: readonly MessageShown[];
}

/** Where the clock stands, and what it can be moved to. Epoch milliseconds. */
export interface ClockShown {
  readonly now: number;
  readonly aheadMs: number;
  readonly nextEnd: number | null;
  /** How far a move has come, 0 to 1; `null`: time goes at its own pace. */
  readonly moving: number | null;
}

/** Something of the bot's that Slack does not take, or takes with a warning. */
export interface RefusedShown {
  /** Stays the same as long as it is shown. */
  readonly id: string;
  readonly what: string;
  readonly why: string;
}

/** All that one person's screen needs. */
export interface Snapshot {
  readonly me: string;
  readonly bot: { readonly user: string; readonly name: string };
  readonly people: readonly PersonShown[];
  readonly groups: readonly Group[];
  readonly conversations: readonly ConversationShown[];
  /** The modals on the screen, the top one last. */
  readonly modals: readonly OpenView[];
  readonly home: OpenView | null;
  readonly command: { readonly name: string; readonly description: string; readonly hint: string };
  readonly clock: ClockShown;
  /** The newest of what Slack refused of the bot, or would warn of. */
  readonly refused: readonly RefusedShown[];
}

/** What came of something that a person did. */
export interface Done {
  readonly ok: boolean;
  /** What the person is told, when it could not be done. */
  readonly told?: string;
  /** What each field of the form lacks, by its block's id. */
  readonly fields?: Readonly<Record<string, string>>;
}

export type { Block, Group, Message, OpenView, Person };
