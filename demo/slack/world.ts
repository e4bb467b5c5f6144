import type { Delivery } from "./delivery.js";
import type { Faults } from "./faults.js";
import type { Messages } from "./messages.js";
import type { RateLimits } from "./rate-limits.js";
import type { Recorder } from "./recorder.js";
import type { Triggers } from "./triggers.js";
import type { Views } from "./views.js";
import type { Workspace } from "./workspace.js";

/** The app's ids in this workspace, and its secrets. */
export interface Identity {
  readonly botToken: string;
  readonly appToken: string;
  readonly signingSecret: string;
  readonly teamId: string;
  readonly teamName: string;
  readonly teamDomain: string;
  readonly appId: string;
  readonly botId: string;
  readonly botUserId: string;
  readonly enterpriseId?: string;
  readonly orgInstall: boolean;
}

/** All parts of the double, for code that needs more than one of them. */
export interface World {
  readonly identity: Identity;
  /** The scopes of the bot token; the double's `grant` changes them. */
  readonly scopes: Set<string>;
  readonly events: ReadonlySet<string>;
  readonly echoOwnMessages: boolean;
  readonly answerWithinMs: number;
  readonly now: () => number;
  readonly signatureNow: () => number;
  readonly id: (prefix: string) => string;
  readonly lastId: () => number;
  readonly recorder: Recorder;
  readonly workspace: Workspace;
  readonly messages: Messages;
  readonly views: Views;
  readonly triggers: Triggers;
  readonly faults: Faults;
  readonly rateLimits: RateLimits | undefined;
  readonly delivery: Delivery;
  /** This double's origin, such as `http://127.0.0.1:4991`. */
  readonly origin: () => string;
  /** A new ws:// URL that admits one Socket Mode client. */
  readonly socketUrl: () => string;
  /** Files announced by files.getUploadURLExternal, by file id. */
  readonly pendingFiles: Map<string, PendingFile>;
}

/** A file that is announced but not completed. */
export interface PendingFile {
  readonly id: string;
  readonly name: string;
  readonly altText: string;
  readonly length: number;
  readonly content?: Buffer;
}
