/**
 * The API of Breakglass for its adapters: Slack, HTTP and jobs. A person's mistake is returned as a {@link Refusal} and
 * never thrown. Methods throw `NotRecorded` (lib/errors.ts) when the trail could not be read or written.
 */
import type { Declaration } from "../domain/bypass/commands.js";
import type { Refusal } from "../domain/decisions/refusals.js";
import type { WithTexts } from "../domain/decisions/texts.js";
import type { CommandOrigin } from "../domain/events/origin.js";
import type { GateAnswer } from "../domain/gate/answer.js";
import type { GateItem } from "../domain/gate/gate-item.js";
import type { Reading } from "../domain/gate/readings.js";
import type { ReviewForm } from "../domain/review/form.js";
import type { BypassRef, CarriedBypass, GateItemRef } from "./ports/bypass-ref.js";
import type { BypassRecord, BypassSummary, GateMark, NoticeContent, PolicyInForce } from "./ports/ports.js";

/** The account behind a verified request from Slack. */
export interface Who {
  readonly user: string;
}

/** Somebody who acts. What they do is recorded with the origin of their request; `null`: there is none to keep. */
export interface Caller extends Who {
  readonly origin: CommandOrigin | null;
}

/** The bypass after an action, or the refusal. The record of a refusal is `null` when the person may not see it. */
export type Answer =
  /** Done, or (`duplicate`) done before under the same command id. `record` is the bypass as it is now. */
  | { readonly ok: true; readonly record: BypassRecord; readonly duplicate: boolean }
  /** Nothing changed. `record` is `null` when there is no such bypass, or when this person may not see it. */
  | { readonly ok: false; readonly refusal: Refusal; readonly record: BypassRecord | null };

/** What a person may do to one bypass; `reason` and `line` as typed. */
export type Action = WithTexts &
  (
    | { readonly type: "approve" }
    | { readonly type: "deny"; readonly reason: string }
    | { readonly type: "withdraw" }
    | { readonly type: "proceed_alone"; readonly typed: string }
    | { readonly type: "close" }
    | { readonly type: "revoke"; readonly reason: string }
    | { readonly type: "log"; readonly line: string; readonly via: "command" | "thread" }
  );

/** What a person may do to the review of a bypass and to its actions; texts as typed, days as `2026-12-24`. */
export type ReviewAction = WithTexts &
  (
    | { readonly type: "submit_review"; readonly form: ReviewForm }
    | { readonly type: "add_view"; readonly line: string }
    | { readonly type: "put_off_review"; readonly until: string; readonly reason: string }
    | { readonly type: "put_off_action"; readonly action: number; readonly until: string; readonly reason: string }
    | {
        readonly type: "end_action";
        readonly action: number;
        readonly outcome: "done" | "dropped";
        readonly reason: string;
      }
  );

/** What a review form is rendered from: the bypass and this person's draft. */
export interface OpenedReview {
  readonly record: BypassRecord;
  /** `null` when they have no draft. */
  readonly draft: ReviewForm | null;
  /** The days until which it can be put off, such as `2026-12-24`; empty in any other form. */
  readonly days: readonly string[];
}

/** Names the text to remove. A target counts as one text, although it is stored as two. */
export interface Redaction extends WithTexts {
  readonly seq: number;
  readonly what: "reason" | "target" | "line" | "lesson" | "origin";
  readonly why: string;
}

/** `n` is `null` when the text belonged to a gate. */
export type Redacted =
  | { readonly ok: true; readonly n: number | null }
  | { readonly ok: false; readonly refusal: Refusal };

/** The paths that this person may invoke, for the declare modal. */
export type AvailablePaths =
  | { readonly kind: "paths"; readonly paths: readonly string[]; readonly inForce: PolicyInForce }
  /** The person may invoke no path; `askRoles` are the roles that may. */
  | { readonly kind: "nothing"; readonly askRoles: readonly string[]; readonly inForce: PolicyInForce }
  | ({ readonly kind: "refused" } & Refusal);

/** A bypass as this person may see it. Without `texts`, only id, gates, state and times may be shown. */
export interface Seen {
  readonly record: BypassRecord;
  readonly texts: boolean;
}

/** One bypass for display, or why it is not shown. */
export type Shown = { readonly ok: true; readonly seen: Seen } | { readonly ok: false; readonly refusal: Refusal };

/** A list, or why this person may not see it. */
export type Listing =
  | { readonly ok: true; readonly now: Date; readonly bypasses: readonly BypassSummary[]; readonly total: number }
  | ({ readonly ok: false } & Refusal);

/** The outcome of an answer for a sick gate. */
export type GateAnswered =
  | { readonly ok: true; readonly gate: string }
  | ({ readonly ok: false; readonly owner: string | null } & Refusal);

/** Whether the form of an answer may be opened, and the days until which the item can be put off. */
export type GateFormAllowed =
  | { readonly ok: true; readonly days: readonly string[] }
  | Extract<GateAnswered, { ok: false }>;

export type { GateMark } from "./ports/ports.js";

/** The readings of all gates, the sickest first. `now` is the database's clock (ISO). */
export type GateReadings =
  | {
      readonly ok: true;
      readonly now: string;
      readonly readings: readonly Reading[];
      readonly items: readonly GateItem[];
    }
  | ({ readonly ok: false } & Refusal);

/** One gate: its reading, its history, and its bypasses per month. */
export type GateHistory =
  | {
      readonly ok: true;
      readonly now: string;
      readonly reading: Reading;
      readonly item: GateItem | null;
      readonly months: readonly { readonly month: string; readonly count: number }[];
      readonly marks: readonly GateMark[];
    }
  | ({ readonly ok: false } & Refusal);

/** What waits for one person, what is open now, and the readings of the gates. */
export type HomeContent =
  | {
      readonly ok: true;
      readonly now: Date;
      /** May they declare on any path? */
      readonly mayInvoke: boolean;
      /** Requests that they may approve or deny. */
      readonly acks: readonly BypassSummary[];
      /** Numbers of requests whose entries cannot be read, so that nobody can say who may answer them. */
      readonly unreadable: readonly number[];
      readonly waits: Extract<NoticeContent, { kind: "waits" }> | null;
      /** The newest of them. */
      readonly open: readonly BypassSummary[];
      readonly openInAll: number;
      readonly readings: readonly Reading[];
    }
  | ({ readonly ok: false } & Refusal);

/** A declaration as submitted. The bypass that it follows is the one that the form was opened for. */
export interface SubmittedDeclaration extends Omit<Declaration, "again"> {
  readonly again: CarriedBypass | null;
}

/** The outcome of saving a draft. `whole` is false when a part that looks like a secret was left out. */
export type DraftSaved =
  | { readonly ok: true; readonly whole: boolean }
  | { readonly ok: false; readonly refusal: Refusal };

/**
 * What people can do and ask, whatever they do it with. Faults are thrown, refusals are returned. A `ref` that names
 * another bypass than the one on record is refused (`other_bypass`) before anything is read or changed.
 */
export interface Breakglass {
  /** Reads the account and its roles. Called before the modal opens. */
  availablePaths(who: Who): Promise<AvailablePaths>;
  /** `commandId` identifies the submission (the view's id), so that a retry changes nothing. */
  declare(who: Caller, declaration: SubmittedDeclaration, commandId: string): Promise<Answer>;
  act(who: Caller, ref: BypassRef, action: Action, commandId: string): Promise<Answer>;
  review(who: Caller, ref: BypassRef, action: ReviewAction, commandId: string): Promise<Answer>;
  /** Checks whether this person may open the form, and returns what it is rendered from. Records nothing. */
  openReview(
    who: Who,
    ref: BypassRef,
    action: ReviewAction["type"],
    which?: number,
  ): Promise<{ readonly ok: true; readonly review: OpenedReview } | { readonly ok: false; readonly refusal: Refusal }>;
  /** Saves the draft of a person who may write the review. A draft is no event. */
  saveDraft(who: Who, ref: BypassRef, form: ReviewForm): Promise<DraftSaved>;
  /** Checks whether this person may open the modal; `null` means yes. Records nothing. */
  canPerform(who: Who, ref: BypassRef, action: "deny" | "revoke" | "proceed_alone"): Promise<Refusal | null>;
  /** Records the answer of a sick gate's owner to its item. */
  answerForGate(who: Caller, item: GateItemRef, answer: GateAnswer, commandId: string): Promise<GateAnswered>;
  /** Checks whether this person may open the form of that answer. Records nothing. */
  mayAnswerForGate(who: Who, item: GateItemRef, answer: GateAnswer["type"]): Promise<GateFormAllowed>;
  /** The readings of all gates, for everyone who may use Breakglass. */
  readings(who: Who): Promise<GateReadings>;
  /** One gate with its history; `null` when the policy has no such gate. */
  gate(who: Who, gate: string): Promise<GateHistory | null>;
  /** What the App Home of this person shows. */
  home(who: Who): Promise<HomeContent>;
  /** Remembers that this person opened the Home. */
  homeOpened(who: Who): Promise<void>;
  /** Accounts that opened the Home recently. */
  homeViewers(): Promise<readonly string[]>;
  /** Removes a text of one entry for good. Only for holders of `rights.redact`. */
  redact(who: Caller, redaction: Redaction, commandId: string): Promise<Redacted>;
  status(who: Who): Promise<Listing>;
  reviews(who: Who): Promise<Listing>;
  show(who: Who, ref: BypassRef): Promise<Shown>;
  /** The bypass whose alert thread this is, or `null`. */
  ofThread(channel: string, threadTs: string): Promise<CarriedBypass | null>;
  /** Slack reports that a message was deleted. */
  messageDeleted(channel: string, ts: string): Promise<void>;
  inForce(): PolicyInForce;
}
