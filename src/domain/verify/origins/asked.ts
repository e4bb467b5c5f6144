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
  | { readonly kind: "gate"; readonly gate: string; readonly item: number }
  /** A bypass that does not exist yet, or an entry that is named by its position. */
  | { readonly kind: "other" };

/** What is asked for, by whomever. */
export interface AskedWhat {
  readonly act: Act;
  readonly about: AskedAbout;
  /** The texts as typed. */
  readonly texts: Readonly<Partial<Record<TextField, string>>>;
  /** Fields of the event that follow from the request, each with the values that it may have. A list is one value. */
  readonly fields: Readonly<Record<string, readonly (string | number | readonly string[])[]>>;
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
  | { readonly kind: "asked"; readonly asked: Asked };

/** Checks the signature of a request, and reads it. */
export type RequestReader = (request: SignedRequest) => ReadRequest;
