import type { Force, Verdict } from "../events/catalogue/review.js";
import { type ReviewState, reviewerRoles } from "../review/state.js";
import { nextDueAt } from "./due.js";
import { type Bypass, type BypassStatus, postedAlert, rejectedAt } from "./state.js";

/**
 * A row of the projection `bypasses`. Everything in it follows from the entries; it holds no free text. Times are ISO
 * 8601 in UTC.
 */
export interface BypassRow {
  readonly version: number;
  readonly kind: "bypass" | "drill";
  readonly status: BypassStatus;
  readonly path: string;
  readonly gates: readonly string[];
  readonly requesterUser: string;
  readonly requesterPerson: string;
  readonly targetKind: string;
  readonly incident: string | null;
  readonly channel: string;
  readonly alertTs: string | null;
  readonly declaredAt: string;
  readonly settledAt: string | null;
  readonly endsAt: string | null;
  readonly endedAt: string | null;
  /** When another person denied or revoked it. */
  readonly rejectedAt: string | null;
  /** When a `tick` next has something to record; `null` if never again. */
  readonly nextDueAt: string | null;
  readonly reviewStatus: ReviewState["status"];
  readonly reviewDueAt: string;
  readonly reviewerRole: string;
  /** The verdict of the newest edition; `null` before the first. */
  readonly verdict: Verdict | null;
  readonly gatesAtFault: readonly string[];
  readonly forcedBy: Force | null;
  /** When the newest edition was submitted. */
  readonly reviewedAt: string | null;
  /** How many editions the review has. */
  readonly reviewEdition: number;
  /** How many actions the review opened. */
  readonly actionsOpened: number;
  /** Roles that may write the review: the reviewer's first, then those it was escalated to. */
  readonly reviewRoles: readonly string[];
  readonly reviewPutOffUntil: string | null;
  /** The alert channel as the policy wrote it at the declaration. */
  readonly declaredFor: string;
}

/**
 * The row of a bypass.
 * @throws when the bypass has no review, a state that no commit may leave behind
 */
export function rowOf(bypass: Bypass): BypassRow {
  if (bypass.review === null) throw new Error("A bypass without a review may not be recorded.");
  const { submitted } = bypass.review;
  const due = nextDueAt(bypass);
  const alert = postedAlert(bypass);
  return {
    version: bypass.version,
    kind: bypass.kind,
    status: bypass.status,
    path: bypass.path,
    gates: bypass.gates,
    requesterUser: bypass.requester.user,
    requesterPerson: bypass.requester.person,
    targetKind: bypass.target.kind,
    incident: bypass.incident,
    channel: alert?.channel ?? bypass.channel,
    alertTs: alert?.ts ?? null,
    declaredAt: bypass.declaredAt,
    settledAt: settledAt(bypass),
    endsAt: "grant" in bypass ? bypass.grant.endsAt : null,
    endedAt: "endedAt" in bypass ? bypass.endedAt : null,
    rejectedAt: rejectedAt(bypass),
    nextDueAt: due === null ? null : new Date(due).toISOString(),
    reviewStatus: bypass.review.status,
    reviewDueAt: bypass.review.dueAt,
    reviewerRole: bypass.review.reviewer,
    verdict: submitted?.verdict ?? null,
    gatesAtFault: submitted?.gatesAtFault ?? [],
    forcedBy: submitted?.forcedBy ?? null,
    reviewedAt: submitted?.at ?? null,
    reviewEdition: submitted?.edition ?? 0,
    actionsOpened: bypass.review.actions.length,
    reviewRoles: reviewerRoles(bypass.review),
    declaredFor: bypass.channel,
    reviewPutOffUntil: bypass.review.progress.putOffUntil,
  };
}

/** When the request was approved, denied, withdrawn or lapsed (ISO 8601); `null` while it waits. */
export function settledAt(bypass: Bypass): string | null {
  if ("settledAt" in bypass) return bypass.settledAt;
  return "grant" in bypass ? bypass.grant.activatedAt : null;
}
