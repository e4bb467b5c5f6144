import type { Force, Verdict } from "../events/catalogue/review.js";
import { type ReviewState, reviewerRoles } from "../review/state.js";
import { nextDueAt } from "./due.js";
import type { Bypass, BypassStatus } from "./state.js";

/**
 * What the projection `bypasses` holds of a bypass: only what follows from its entries, and no free text. Times are
 * ISO 8601 in UTC.
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
  /** When a `tick` will next have something to do; `null` when never again. */
  readonly nextDueAt: string | null;
  readonly reviewStatus: ReviewState["status"];
  readonly reviewDueAt: string;
  readonly reviewerRole: string;
  /** Of the edition that holds now; `null` while there is none. */
  readonly verdict: Verdict | null;
  readonly gatesAtFault: readonly string[];
  readonly forcedBy: Force | null;
  /** When the newest edition was submitted. */
  readonly reviewedAt: string | null;
  /** How many editions there are. */
  readonly reviewEdition: number;
  /** How many actions came out of it. */
  readonly actionsOpened: number;
  /** Roles that may write the review: the reviewer's first, then those that it was raised with. */
  readonly reviewRoles: readonly string[];
  readonly reviewPutOffUntil: string | null;
  /** The channel of the declaration, as the policy writes it. */
  readonly declaredFor: string;
}

/** The projection of a state. Throws when the bypass has no review, which no commit may leave behind. */
export function rowOf(bypass: Bypass): BypassRow {
  if (bypass.review === null) throw new Error("A bypass without a review may not be recorded.");
  const { submitted } = bypass.review;
  const due = nextDueAt(bypass);
  const alert = bypass.alert !== null && "ts" in bypass.alert ? bypass.alert : null;
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

/** When the request was settled one way or the other (ISO), or `null` while it waits. */
export function settledAt(bypass: Bypass): string | null {
  if ("settledAt" in bypass) return bypass.settledAt;
  return "grant" in bypass ? bypass.grant.activatedAt : null;
}
