import type { PagerAction } from "../../domain/events/catalogue/delivery.js";
import type { BypassRecord } from "./queries.js";

/**
 * Rings whoever holds a role. The Slack pager notifies by direct message: it says whom to address, and the messages are
 * effects like any other.
 */
export interface Pager {
  readonly name: string;
  /** Which accounts to address for this role, or why that cannot be said now. Looks only: asking twice notifies nobody. */
  audience(job: { readonly role: string; readonly record: BypassRecord }): Promise<Audience>;
}

export type Audience =
  | { readonly kind: "addressed"; readonly users: readonly string[] }
  | { readonly kind: "failed"; readonly code: string }
  | { readonly kind: "later"; readonly retryAfterMs: number; readonly code: string };

/** What one notification tells an outside pager. Free texts are not among it: who sees a pager's incidents is not ours to say. */
export interface PagerNotification {
  readonly action: PagerAction;
  /** Names the incident: the same for everything that is told of one bypass, so that there is one incident for it. */
  readonly key: string;
  /** EscalationStep of the escalation and the role that holds it; `null` for what ends the ringing. */
  readonly step: number | null;
  readonly role: string | null;
  readonly record: BypassRecord;
  /** Where people read of it and answer: the alert, or as near to it as is known. */
  readonly link: string | null;
}

/** Outcome of one notification. Any of them may be repeated: the key makes a second one harmless. */
export type PagerResult =
  | { readonly ok: true }
  /** They said no, and will say no again. */
  | { readonly ok: false; readonly kind: "refused"; readonly code: string }
  /** Not now; `retryAfterMs` is how long they asked to wait, `null` when they did not say. */
  | { readonly ok: false; readonly kind: "later"; readonly retryAfterMs: number | null; readonly code: string };

/** A pager outside of Slack that wakes whoever it knows to be on call: PagerDuty, for one. */
export interface OutsidePager {
  /** Stands in effects and entries (`via`), so it never changes. */
  readonly name: string;
  notify(notification: PagerNotification): Promise<PagerResult>;
}
