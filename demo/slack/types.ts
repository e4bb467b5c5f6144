import type { JsonObject } from "./json.js";
import type { KeptWorkspace } from "./kept.js";

/** Options of the double. */
export interface DoubleOptions {
  /** TCP port on 127.0.0.1. Default: 0, a free one. */
  readonly port?: number;
  /** Where clients reach it, such as `https://slack.test`, when something that ends TLS stands in front. Default: itself. */
  readonly origin?: string;
  readonly botToken?: string;
  readonly signingSecret?: string;
  readonly appToken?: string;
  /** The bot token's scopes; a method that needs another answers `missing_scope`. Default: those of `manifest.json`. */
  readonly scopes?: readonly string[];
  /** Slack's clock in milliseconds, for message timestamps, triggers and response URLs. Default: `Date.now`. */
  readonly now?: () => number;
  /** The clock of signatures in milliseconds; receivers compare it with the real time. Default: `Date.now`. */
  readonly signatureNow?: () => number;
  /** Seed for faults with a probability. */
  readonly seed?: number;
  /** Set for a workspace that is part of an Enterprise organisation. */
  readonly enterpriseId?: string;
  /** The app is installed on the whole organisation, so interactions carry `team: null`. Needs `enterpriseId`. */
  readonly orgInstall?: boolean;
  /** Event types the app subscribed to. Default: those of `manifest.json`. */
  readonly events?: readonly string[];
  /** Send the bot its own messages as events too, as Slack does. Default: false, to keep records short. */
  readonly echoOwnMessages?: boolean;
  /** Enforce Slack's published rates (one post per second and channel, tiers). Default: false. */
  readonly rateLimits?: boolean;
  /** Initial contents of the workspace, as an earlier double kept them. */
  readonly kept?: KeptWorkspace;
  /** How long the bot may take to answer, in milliseconds. Slack: 3000. */
  readonly answerWithinMs?: number;
}

/** Someone in the workspace, or from another organisation. */
export interface Person {
  readonly id: string;
  readonly name: string;
  readonly displayName?: string;
  /** IANA zone; default UTC. */
  readonly tz?: string;
  readonly email?: string;
  readonly bot?: boolean;
  readonly guest?: "single" | "multi";
  readonly deactivated?: boolean;
  /** Set when the account belongs to another organisation. */
  readonly teamId?: string;
  readonly stranger?: boolean;
  /** The id that Slack itself uses for the account, when the one that the person acts with is from before a migration. */
  readonly sameAs?: string;
}

/** A user group such as @on-call. */
export interface Group {
  readonly id: string;
  readonly handle: string;
  readonly users: readonly string[];
  readonly disabled?: boolean;
}

/** A conversation: channel, direct message, or group message. */
export interface Channel {
  readonly id: string;
  readonly name: string;
  readonly kind: "public" | "private" | "im" | "mpim";
  /** Shared with another organisation (Slack Connect). */
  readonly shared: boolean;
  readonly archived: boolean;
  /** The members; for `im` the one person besides the bot. */
  readonly members: readonly string[];
  readonly botIsMember: boolean;
}

/** A block of a message or view, with ids. */
export type Block = JsonObject;

/** A version of a message. Never changed in place, so a kept object is a snapshot. */
export interface Message {
  readonly channel: string;
  readonly ts: string;
  readonly thread_ts?: string;
  readonly text: string;
  readonly blocks: readonly Block[];
  readonly user: string;
  readonly bot_id?: string;
  readonly metadata?: JsonObject;
  readonly edited?: { readonly user: string; readonly ts: string };
  readonly files?: readonly JsonObject[];
  readonly reply_broadcast?: boolean;
  /** Its text or blocks notify a whole channel (`<!channel>`, `<!here>`, `<!everyone>`). */
  readonly broadcast: boolean;
}

/** A message that only one person sees. */
export interface Ephemeral {
  readonly ephemeral: true;
  readonly channel: string;
  readonly ts: string;
  readonly thread_ts?: string;
  readonly user: string;
  readonly text: string;
  readonly blocks: readonly Block[];
  readonly broadcast: boolean;
  /** Its origin: the answer to a request, a response URL, chat.postEphemeral, or Slack's own error line. */
  readonly via: "answer" | "response_url" | "postEphemeral" | "slack";
  readonly deleted?: true;
}

/** A version of an open modal or Home tab. */
export interface OpenView {
  readonly id: string;
  readonly hash: string;
  readonly userId: string;
  readonly type: "modal" | "home";
  readonly title: string;
  readonly submit?: string;
  readonly close?: string;
  readonly callback_id: string;
  readonly external_id: string;
  readonly private_metadata: string;
  readonly blocks: readonly Block[];
  readonly clear_on_close: boolean;
  readonly notify_on_close: boolean;
  readonly root_view_id: string;
  readonly previous_view_id: string | null;
  /** `state.values` as Slack sends it: block id → action id → value. */
  readonly values: JsonObject;
}

/** The bot's answer to one request from Slack. */
export interface Answer {
  /** HTTP status; 0 when there was no answer. In Socket Mode an ack counts as 200. */
  readonly status: number;
  readonly body: string;
  readonly ms: number;
  readonly timedOut?: true;
  /** The error that the person sees: `operation_timeout`, `dispatch_failed`, `dispatch_unreachable`. */
  readonly error?: string;
  readonly request: SentRequest;
}

/** The kinds of Slack's requests, by their Socket Mode names; `raw` is one that a test forged. */
export type RequestKind = "slash_commands" | "interactive" | "events_api" | "raw";

/** One request as it was sent to the bot. */
export interface SentRequest {
  readonly n: number;
  readonly kind: RequestKind;
  readonly via: "http" | "socket";
  readonly rawBody: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly payload: JsonObject;
  /** Milliseconds on the double's clock. */
  readonly at: number;
}
