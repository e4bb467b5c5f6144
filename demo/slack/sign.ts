import { createHmac } from "node:crypto";

/**
 * Slack's request signature, version 0.
 *
 * @param timestampSeconds the value of `x-slack-request-timestamp`
 * @returns the value of `x-slack-signature`
 */
export function signRequest(secret: string, timestampSeconds: number | string, body: string): string {
  return `v0=${createHmac("sha256", secret).update(`v0:${timestampSeconds}:${body}`).digest("hex")}`;
}

/** The two headers with which Slack signs a body at that second. */
export function signedHeaders(secret: string, timestampSeconds: number | string, body: string): Record<string, string> {
  return {
    "x-slack-request-timestamp": String(timestampSeconds),
    "x-slack-signature": signRequest(secret, timestampSeconds, body),
  };
}
