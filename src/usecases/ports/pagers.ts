import type { PagerAction } from "../../domain/events/catalogue/delivery.js";
import type { BypassRecord } from "./queries.js";

/**
 * One notification to an external pager. It holds no free texts, because Breakglass cannot control who reads a pager's
 * incidents.
 */
export interface PagerNotification {
  readonly action: PagerAction;
  /** Identifies the incident. The same for all notifications of one bypass, so that it has one incident. */
  readonly key: string;
  /** The step of the escalation and the role that it pages; `null` when the notification ends the page. */
  readonly step: number | null;
  readonly role: string | null;
  readonly record: BypassRecord;
  /** URL of the alert, or of the nearest known place; `null` when unknown. */
  readonly link: string | null;
}

/** Outcome of one notification. Each may be repeated, because the key makes it idempotent. */
export type PagerResult =
  | { readonly ok: true }
  /** The pager refused, and a retry would be refused too. */
  | { readonly ok: false; readonly kind: "refused"; readonly code: string }
  /** Not accepted now. `retryAfterMs` is the wait that the pager asked for; `null` when it named none. */
  | { readonly ok: false; readonly kind: "later"; readonly retryAfterMs: number | null; readonly code: string };

/** A pager outside Slack, such as PagerDuty, that pages whoever is on call there. */
export interface ExternalPager {
  /** Stored in effects and entries (`via`), so it must never change. */
  readonly name: string;
  notify(notification: PagerNotification): Promise<PagerResult>;
}
