import type { TrailEvent } from "../events/catalogue/catalogue.js";
import { isToldOutside, matches } from "./patterns.js";

/**
 * Send one entry to one webhook. The entry is named by its version in the stream of the row's bypass; in the system's
 * stream by the command that recorded it, since its position is not known before the commit; or, when it is sent again on
 * demand, by its position.
 */
export type WebhookEffect = { readonly kind: "webhook.send"; readonly webhook: string } & EntryAddress;

/** Which entry is sent. */
export type EntryAddress = { readonly version: number } | { readonly command: string } | { readonly seq: number };

/** What of a webhook decides which events it gets. */
export interface Subscription {
  readonly name: string;
  /** Patterns, such as `bypass.*`. */
  readonly events: readonly string[];
}

/** Whether an effect is a {@link WebhookEffect}. */
export const isWebhookEffect = (effect: { readonly kind: string }): effect is WebhookEffect =>
  effect.kind === "webhook.send";

/** The names of the webhooks that get events of this type. */
export const subscribersOf = (webhooks: readonly Subscription[], type: TrailEvent["type"]): readonly string[] =>
  webhooks.filter(({ events }) => events.some((pattern) => matches(pattern, type))).map(({ name }) => name);

/** The deliveries that entries of a bypass call for, in their order. */
export const webhooksOfBypass = (
  webhooks: readonly Subscription[],
  entries: readonly { readonly event: TrailEvent; readonly version: number }[],
): readonly WebhookEffect[] =>
  entries.flatMap(({ event, version }) =>
    subscribersOf(webhooks, event.type).map((webhook) => ({ kind: "webhook.send", webhook, version }) as const),
  );

/** The deliveries that an entry of the system's stream calls for: only those about a gate or the use of a grant leave the house. */
export const webhooksOfSystem = (
  webhooks: readonly Subscription[],
  event: TrailEvent,
  command: string,
): readonly WebhookEffect[] =>
  isToldOutside(event)
    ? subscribersOf(webhooks, event.type).map((webhook) => ({ kind: "webhook.send", webhook, command }) as const)
    : [];

/**
 * The lane of a delivery. A webhook gets the events of one bypass in their order; other bypasses do not wait for them, and
 * neither does what is sent again on demand.
 */
export const webhookLane = (effect: WebhookEffect): string =>
  "seq" in effect ? `webhook again:${effect.webhook}` : `webhook:${effect.webhook}`;
