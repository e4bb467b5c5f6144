import type { Block, Channel, Group, Message, OpenView, Person } from "../slack/index.js";

/** A person as the page shows them. */
export interface PersonShown extends Person {
  /** Their part in the story, in a few words. */
  readonly part: string;
  /** Number of unread direct messages from the bot. */
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
  /** Whether only this person sees it. */
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

/** The clock's time and moves, in epoch milliseconds. */
export interface ClockShown {
  readonly now: number;
  readonly aheadMs: number;
  readonly nextEnd: number | null;
  /** Progress of a move from 0 to 1; `null` when no move is running. */
  readonly moving: number | null;
}

/** A call of the bot that Slack refuses or accepts with a warning. */
export interface RefusedShown {
  /** Stable while it is shown. */
  readonly id: string;
  readonly what: string;
  readonly why: string;
}

/** The content of one person's screen. */
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
  /** The bot's latest refused calls and violations. */
  readonly refused: readonly RefusedShown[];
}

/** The result of an action. */
export interface Done {
  readonly ok: boolean;
  /** The reason for the person, when the action failed. */
  readonly told?: string;
  /** What each field of the form lacks, by block id. */
  readonly fields?: Readonly<Record<string, string>>;
}

export type { Block, Group, Message, OpenView, Person };
