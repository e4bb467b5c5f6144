import type { Room, Share } from "../decisions/entry-limits.js";
import type { Actor, Person } from "../events/actor.js";
import {
  type AckPlan,
  type DeclaredTarget,
  type LapseReason,
  needsApproval,
  type RevokeReason,
} from "../events/catalogue/bypass.js";
import type { ReviewState } from "../review/state.js";

/** An escalation step: `raisedAt` is when its page was requested, `outcome` what its pages came to. */
export interface EscalationStep {
  readonly role: string;
  readonly afterSeconds: number;
  readonly raisedAt: string | null;
  readonly outcome: "none" | "failed" | "sent";
}

/** One ack that was given. */
export interface Approval extends Person {
  /** The approver's accounts at the time of the approval. */
  readonly accounts: readonly string[];
  readonly at: string;
}

/** A page that did not reach its recipient. */
export interface PageFailure {
  readonly step: number | null;
  readonly user: string | null;
  readonly role: string | null;
  readonly via: string;
  readonly code: string;
}

/** The part of a bypass that every status has. All times are ISO 8601 strings in UTC. */
export interface BypassCore {
  /** How many entries were folded, which is the version that the next commit expects. */
  readonly version: number;
  readonly kind: "bypass" | "drill";
  readonly requester: Person;
  /** The requester's accounts at the time of the declaration. */
  readonly accounts: readonly string[];
  readonly path: string;
  readonly gates: readonly string[];
  readonly target: DeclaredTarget;
  readonly incident: string | null;
  readonly durationSeconds: number;
  readonly channel: string;
  readonly policyHash: string;
  readonly again: number | null;
  readonly declaredAt: string;
  /** `at` of the newest entry. Time never runs backwards within a bypass, even if a clock does. */
  readonly lastAt: string;
  readonly ack: AckPlan;
  readonly steps: readonly EscalationStep[];
  /** Who was asked by direct message, in order; `version` is that of the `page.addressed` entry. */
  readonly asked: readonly { readonly user: string; readonly version: number }[];
  readonly approvals: readonly Approval[];
  /** Versions of the `ack.reminded` entries, oldest first. Each has a message with buttons. */
  readonly reminders: readonly number[];
  /** How many `remind_every` intervals the reminders so far cover. */
  readonly remindedCount: number;
  readonly pageFailures: readonly PageFailure[];
  readonly alert: { readonly channel: string; readonly ts: string } | { readonly failed: string } | null;
  /** How often the message of the alert was deleted. */
  readonly alertsLost: number;
  /** Version of the entry since which no role that may approve is left in the policy; `null` while one is. */
  readonly blockedSince: number | null;
  readonly review: ReviewState | null;
  /** Who said no after the end, and when; `null` when nobody did. At most one does: see `reject-late.ts`. */
  readonly rejectedLate: { readonly by: Person; readonly at: string } | null;
  /** How many log lines each account has written. */
  readonly logLines: readonly Share[];
  /** `account|action|code` of each refused attempt on record, so that repeated clicks add no further entry. */
  readonly refusals: readonly string[];
}

/** How the grant began. */
export interface Grant {
  /** Version of the entry that began it. */
  readonly version: number;
  readonly activatedAt: string;
  readonly endsAt: string;
  /** `false` when nobody else approved: Proceed Alone, or a path that requires no second person. */
  readonly approved: boolean;
  readonly warned: boolean;
}

/** The state of a bypass, folded from its entries. What exists only from a status on is required there. */
export type Bypass = BypassCore &
  (
    | { readonly status: "requested" }
    | { readonly status: "active"; readonly grant: Grant }
    | { readonly status: "denied"; readonly settledAt: string; readonly by: Actor }
    | { readonly status: "withdrawn"; readonly settledAt: string; readonly by: Actor }
    | {
        readonly status: "lapsed";
        readonly settledAt: string;
        readonly why: LapseReason;
      }
    | { readonly status: "expired"; readonly grant: Grant; readonly endedAt: string }
    | { readonly status: "closed"; readonly grant: Grant; readonly endedAt: string; readonly by: Actor }
    | {
        readonly status: "revoked";
        readonly grant: Grant;
        readonly endedAt: string;
        readonly by: Actor;
        readonly why: RevokeReason;
      }
  );

/**
 * When another person said no to the bypass (ISO 8601): denied the request, revoked the grant, or sent either a little
 * too late; `null` when nobody did. What the system revokes is no answer of anybody to the request, and Withdraw and Close
 * are the requester's own.
 */
export function rejectedAt(bypass: Bypass): string | null {
  if (bypass.status === "denied") return bypass.settledAt;
  if (bypass.status === "revoked" && bypass.why === "person") return bypass.endedAt;
  return bypass.rejectedLate?.at ?? null;
}

/** When the bypass was over (ISO 8601): its request settled without a grant, or its grant ended; `null` before. */
export function overAt(bypass: Bypass): string | null {
  if ("endedAt" in bypass) return bypass.endedAt;
  return "settledAt" in bypass ? bypass.settledAt : null;
}

/** `null` before the declaration. */
export type BypassState = Bypass | null;
/** The state words of a bypass. */
export type BypassStatus = Bypass["status"];

/**
 * The room for log lines, by who writes: others who may invoke the path stop at half of it, so that those who may approve
 * always have room, and these leave room for the requester. One person's share is a line every few minutes for hours.
 */
export const LOG_ROOM = {
  requester: { most: 500, ofOnePerson: 100 },
  approver: { most: 400, ofOnePerson: 100 },
  other: { most: 250, ofOnePerson: 100 },
} as const satisfies Readonly<Record<string, Room>>;

/** An alert that is deleted more often is not posted again: something deletes every one. */
export const MOST_ALERTS_LOST = 5;

/** Where the alert was posted; `null` before that, or while posting it has failed. */
export function postedAlert({ alert }: Pick<BypassCore, "alert">): { channel: string; ts: string } | null {
  return alert !== null && "ts" in alert ? alert : null;
}

/**
 * Whether a page can still be of use: the request waits for an answer, or the bypass is active on a path that requires
 * no second person, where a page asks for help.
 */
export function isUnanswered(bypass: Bypass): boolean {
  return bypass.status === "requested" || (bypass.status === "active" && !needsApproval(bypass.ack));
}
