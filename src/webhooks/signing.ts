import { Webhook } from "standardwebhooks";
import type { WebhookMessage } from "../domain/webhooks/cloud-event.js";
import type { Secret } from "../lib/secret.js";

/** The secrets of one webhook, `whsec_…`: the newest first, and while they are exchanged also the one before. */
export type WebhookSecrets = readonly Secret[];

/**
 * The headers of the Standard Webhooks convention, with one signature for each secret. A receiver accepts the message if
 * one of them fits, so secrets are exchanged without a gap.
 * @param at when the message is sent. Receivers compare it with their own clock.
 */
export function signedHeaders(
  secrets: WebhookSecrets,
  { id, payload }: WebhookMessage,
  at: Date,
): Readonly<Record<"webhook-id" | "webhook-timestamp" | "webhook-signature", string>> {
  return {
    "webhook-id": id,
    "webhook-timestamp": String(Math.floor(at.getTime() / 1000)),
    "webhook-signature": secrets.map((secret) => new Webhook(secret.reveal()).sign(id, at, payload)).join(" "),
  };
}
