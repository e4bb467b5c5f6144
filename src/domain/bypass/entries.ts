import type { NoticeFact } from "../notices/facts.js";
import type { ReviewFact } from "../review/facts.js";
import type { GateFact } from "../thermometer/facts.js";
import type { RingDeed } from "./effects.js";
import type { Actor } from "./people.js";

/** A rung of the ack ladder: who is paged how long after the declaration. Rung 0 is the page of `on_invoke`. */
export interface RungPlan {
  readonly role: string;
  readonly afterSeconds: number;
}

/** What the gates are skipped for. As typed and normalised it is what a person wrote, and lies in `trail_text`. */
export interface TargetFact {
  readonly kind: "github-pr" | "github-commit" | "service" | "db" | "text";
}

/** The ack rules of the policy at the declaration; they stay those of the bypass whatever the policy becomes. */
export interface AckPlan {
  /** Distinct persons needed; 0 when the path asks for no second person. */
  readonly needed: number;
  readonly remindEverySeconds: number;
  readonly giveUpAfterSeconds: number;
  /** `null`: Proceed Alone is never allowed. */
  readonly aloneAfterSeconds: number | null;
  /** Roles that may ack, besides those that the ladder has paged. */
  readonly roles: readonly string[];
  readonly ladder: readonly RungPlan[];
}

/** Every free text that an entry may carry. It is stored apart, so that it can be redacted without touching the chain. */
export const TEXT_FIELDS = ["reason", "target_typed", "target_key", "line", "policy", "lesson"] as const;

/** One of {@link TEXT_FIELDS}. */
export type TextField = (typeof TEXT_FIELDS)[number];

/** Why the system ends what may no longer be. */
export type SystemReason = "requester_deactivated" | "gate_never_bypass";
/** Why a request lapsed. */
export type LapseReason = "no_ack" | SystemReason;
/** Why a grant was revoked. */
export type RevokeReason = "person" | SystemReason;

/**
 * The facts of one bypass, past tense. Times are ISO 8601 in UTC with milliseconds. Nothing here is free text: see
 * {@link TextField}. The union is closed; `evolve` handles each and the compiler says which is missing.
 */
export type BypassFact =
  | {
      readonly type: "bypass.declared";
      readonly kind: "bypass" | "drill";
      readonly path: string;
      readonly gates: readonly string[];
      readonly target: TargetFact;
      readonly incident: string | null;
      readonly durationSeconds: number;
      readonly channel: string;
      readonly policyHash: string;
      readonly ack: AckPlan;
      /** Every Slack account of the requester's person by the policy then, the acting one among them. */
      readonly accounts: readonly string[];
      /** The bypass that this one follows by Break Glass Again. */
      readonly again: number | null;
      readonly roleAsOf: string | null;
    }
  | { readonly type: "review.opened"; readonly reviewer: string; readonly dueAt: string }
  | { readonly type: "review.waived"; readonly why: "never_active" }
  | { readonly type: "alert.posted"; readonly channel: string; readonly ts: string }
  | { readonly type: "alert.failed"; readonly code: string }
  | {
      readonly type: "page.addressed";
      readonly purpose: "page" | "ask";
      readonly role: string;
      /** Rung of the ladder; `null` for those who are asked without being paged. */
      readonly rung: number | null;
      /** Slack user ids that get a direct message from this one; who was asked before is not asked again. */
      readonly users: readonly string[];
    }
  | { readonly type: "page.sent"; readonly rung: number | null; readonly user: string; readonly via: string }
  | {
      readonly type: "page.failed";
      readonly rung: number | null;
      /** `null` when the whole role could not be reached. */
      readonly user: string | null;
      readonly role: string | null;
      readonly via: string;
      readonly code: string;
    }
  /** A pager outside of Slack took what it was told; `rung` stands with `trigger` only. */
  | { readonly type: "pager.rung"; readonly deed: RingDeed; readonly rung: number | null; readonly via: string }
  | { readonly type: "ack.reminded"; readonly count: number }
  | { readonly type: "ack.escalated"; readonly rung: number; readonly role: string }
  | {
      readonly type: "ack.given";
      readonly count: number;
      readonly needed: number;
      /** Every Slack account of the approver's person by the policy then, the acting one among them. */
      readonly accounts: readonly string[];
      /** The policy by which the approver was entitled. */
      readonly policyHash: string;
      readonly roleAsOf: string | null;
    }
  | { readonly type: "bypass.proceeded_alone" }
  | { readonly type: "bypass.activated"; readonly endsAt: string; readonly approved: boolean }
  | { readonly type: "bypass.denied"; readonly roleAsOf: string | null }
  | { readonly type: "bypass.withdrawn" }
  | { readonly type: "bypass.lapsed"; readonly why: LapseReason }
  | { readonly type: "grant.warned" }
  | { readonly type: "bypass.expired" }
  | { readonly type: "bypass.closed" }
  | { readonly type: "bypass.revoked"; readonly why: RevokeReason; readonly roleAsOf: string | null }
  | { readonly type: "bypass.logged"; readonly via: "command" | "thread" }
  | { readonly type: "attempt.refused"; readonly action: string; readonly code: string }
  | { readonly type: "text.redacted"; readonly seq: number; readonly field: TextField }
  | ReviewFact;

/** Facts that belong to no bypass; they stand in the same chain under the stream `system`. */
export type SystemFact =
  | { readonly type: "bot.started"; readonly instance: string; readonly release: string; readonly policyHash: string }
  | { readonly type: "bot.stopped"; readonly instance: string }
  | { readonly type: "policy.changed"; readonly policyHash: string; readonly was: string | null }
  | { readonly type: "policy.refused"; readonly policyHash: string; readonly errors: number }
  | { readonly type: "trail.unprotected"; readonly reasons: readonly string[] }
  | { readonly type: "attempt.refused"; readonly action: string; readonly code: string }
  | { readonly type: "text.redacted"; readonly seq: number; readonly field: TextField }
  | GateFact
  | NoticeFact;

/** A fact as a decision makes it: not yet numbered, its texts still in the clear. */
export interface NewEntry<F extends { readonly type: string } = BypassFact> {
  readonly fact: F;
  readonly actor: Actor;
  /** ISO 8601, UTC, milliseconds. */
  readonly at: string;
  readonly texts?: Partial<Record<TextField, string>>;
}

/** A fact as it is read back from the trail. */
export interface Entry<F extends { readonly type: string } = BypassFact> {
  readonly fact: F;
  readonly actor: Actor;
  readonly at: string;
  /** Position in the stream of its bypass, from 1. */
  readonly version: number;
}
