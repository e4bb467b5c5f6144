import type { EventType } from "../../events/catalogue/catalogue.js";
import type { TextField } from "../../events/catalogue/define.js";
import type { SignedRequest } from "../../events/origin.js";

/** What a person can ask for. A refused attempt names it as its `action`. */
export type Act =
  | "declare"
  | "approve"
  | "deny"
  | "withdraw"
  | "proceed_alone"
  | "close"
  | "revoke"
  | "log"
  | "redact"
  | "submit_review"
  | "add_view"
  | "put_off_review"
  | "put_off_action"
  | "end_action"
  | "fix_gate"
  | "put_off_gate";

/** What a request is about, as it names it itself. */
export type AskedAbout =
  /** A bypass; `identity` is the short hash of its declaration, which a button carries and a typed number does not. */
  | { readonly kind: "bypass"; readonly n: number; readonly identity: string | null }
  /** The bypass whose alert has this thread. */
  | { readonly kind: "thread"; readonly channel: string; readonly ts: string }
  /** An action of a review, by the entry that opened it. */
  | { readonly kind: "action"; readonly n: number; readonly version: number; readonly identity: string }
  /** An item of a gate, with the short hash of the entry that opened it. */
  | { readonly kind: "gate"; readonly gate: string; readonly item: number; readonly identity: string }
  /** A bypass that does not exist yet; `again`: it follows that one, which the form names. */
  | { readonly kind: "new"; readonly again: { readonly n: number; readonly identity: string } | null }
  /** An entry that is named by its position. */
  | { readonly kind: "other" };

type Value = string | number | null;

/** What one entry has to hold, because the request says so. */
export interface AskedContent {
  /** The texts as typed. Each is recorded. */
  readonly texts: Readonly<Partial<Record<TextField, string>>>;
  /** Fields of the event that follow from the request, each with the values that it may have. A list is one value. */
  readonly fields: Readonly<Record<string, readonly (Value | readonly string[])[]>>;
  /** Fields that hold a time, each with the day that was chosen, such as `2026-12-24`, and which end of it is meant. */
  readonly days?: Readonly<Record<string, { readonly day: string | null; readonly at: "opening" | "closing" }>>;
}

/** What is asked for, by whomever. */
export interface AskedWhat extends AskedContent {
  readonly act: Act;
  readonly about: AskedAbout;
  /** What follows the act by the same command, in this order. */
  readonly follows?: readonly AskedFollowUp[];
}

/** An entry that belongs to the act before it. */
export interface AskedFollowUp extends AskedContent {
  readonly type: EventType;
}

/** What a request of Slack asks for, as far as it can be compared with what was recorded. */
export interface Asked extends AskedWhat {
  readonly user: string;
  /** The Enterprise organisation, or else the workspace; `null` when Slack does not say. */
  readonly workspace: string | null;
  /** The id of the command that follows from the request. */
  readonly command: string;
}

/** What a signed request turns out to be. `forged`: none of the secrets signed it. `unreadable`: it asks for no act. */
export type ReadRequest =
  | { readonly kind: "forged" }
  | { readonly kind: "unreadable" }
  | {
      readonly kind: "asked";
      readonly asked: Asked;
      /** Which of the secrets signed it, as a number. */
      readonly secret: number;
    };

/** Checks the signature of a request, and reads it. */
export type RequestReader = (request: SignedRequest) => ReadRequest;
