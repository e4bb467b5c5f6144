import type { TrailEvent } from "../../events/catalogue/catalogue.js";
import { type Subscription, subscribersOf } from "../../webhooks/effects.js";
import { REPLACED_FOR_MS } from "../by-policy/policies-on-record.js";

/** A clock that was set back while nobody looked must not look like a delivery that was removed. */
const SLACK_MS = 60_000;

/** What the policies on record call for. */
export interface WebhookCalls {
  /** Takes a policy as an entry of that time puts it on record; `null` for one that cannot be read. */
  policy(webhooks: readonly Subscription[] | null, at: string): void;
  /**
   * The webhooks that an event of that time had to be queued for, because every policy that may have been in force names
   * them, and those that it may have been queued for; `null` where nothing can be said.
   */
  of(
    type: TrailEvent["type"],
    at: string,
  ): { readonly must: readonly string[]; readonly may: readonly string[] } | null;
}

interface Period {
  readonly from: number;
  readonly webhooks: readonly Subscription[] | null;
}

/** Creates a record without a policy. */
export function createWebhookCalls(): WebhookCalls {
  const periods: Period[] = [];
  /** Every policy that some instance may have had at that moment. */
  const around = (now: number): readonly Period[] =>
    periods.filter(({ from }, index) => {
      const until = periods[index + 1]?.from ?? Number.POSITIVE_INFINITY;
      return from <= now + SLACK_MS && until >= now - REPLACED_FOR_MS;
    });
  return {
    policy: (webhooks, at) => {
      periods.push({ from: Date.parse(at), webhooks });
    },
    of: (type, at) => {
      const inForce = around(Date.parse(at));
      const named = inForce.flatMap(({ webhooks }) => (webhooks === null ? [] : [subscribersOf(webhooks, type)]));
      if (named.length === 0 || named.length < inForce.length) return null;
      const may = [...new Set(named.flat())];
      return { may, must: may.filter((name) => named.every((names) => names.includes(name))) };
    },
  };
}
