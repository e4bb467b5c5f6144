import { createHmac, timingSafeEqual } from "node:crypto";

/** How far a request's timestamp may differ from our clock, in seconds; Slack recommends five minutes against replays. */
const TIMESTAMP_TOLERANCE_SECONDS = 5 * 60;

/** Why a request is not accepted as coming from Slack. */
export type SignatureFault = "unsigned" | "malformed_timestamp" | "stale" | "future" | "forged";

/**
 * Verifies Slack's request signature, version 0, before anything else reads the body. Bolt's own check accepts timestamps
 * from the future.
 *
 * @param nowMs this machine's clock in milliseconds since 1970
 * @returns null when the request is signed with `secret` and its timestamp is within five minutes of `nowMs`
 */
export function signatureFault(
  secret: string,
  headers: { readonly timestamp: string | undefined; readonly signature: string | undefined },
  rawBody: Buffer,
  nowMs: number,
): SignatureFault | null {
  const { timestamp, signature } = headers;
  if (timestamp === undefined || signature === undefined) return "unsigned";
  if (!/^\d{1,11}$/.test(timestamp)) return "malformed_timestamp";
  const ageSeconds = nowMs / 1000 - Number(timestamp);
  if (ageSeconds > TIMESTAMP_TOLERANCE_SECONDS) return "stale";
  if (ageSeconds < -TIMESTAMP_TOLERANCE_SECONDS) return "future";
  const expected = Buffer.from(
    `v0=${createHmac("sha256", secret).update(`v0:${timestamp}:`).update(rawBody).digest("hex")}`,
  );
  const given = Buffer.from(signature);
  return given.length === expected.length && timingSafeEqual(given, expected) ? null : "forged";
}
