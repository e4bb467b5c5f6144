import { createHmac, timingSafeEqual } from "node:crypto";
import { SIGNATURE_TOLERANCE_SECONDS } from "../../domain/events/origin.js";

/** Why a request is not accepted as coming from Slack. */
export type SignatureFault = "unsigned" | "malformed_timestamp" | "stale" | "future" | "forged";

/** What a request says about its signature. */
export interface SignatureHeaders {
  readonly timestamp: string | undefined;
  readonly signature: string | undefined;
}

/**
 * What is wrong with the headers alone. Asked before the body is read: most strangers fail here, and a body costs room and a
 * hash. Bolt's own check accepts timestamps from the future.
 *
 * @param nowMs this machine's clock in milliseconds since 1970
 * @returns null when only the body can tell whether Slack signed it
 */
export function headerFault({ timestamp, signature }: SignatureHeaders, nowMs: number): SignatureFault | null {
  if (timestamp === undefined || signature === undefined) return "unsigned";
  if (!/^\d{1,11}$/.test(timestamp)) return "malformed_timestamp";
  const ageSeconds = nowMs / 1000 - Number(timestamp);
  if (ageSeconds > SIGNATURE_TOLERANCE_SECONDS) return "stale";
  if (ageSeconds < -SIGNATURE_TOLERANCE_SECONDS) return "future";
  return /^v0=[0-9a-f]{64}$/.test(signature) ? null : "forged";
}

/** Whether the signature is that of `secret` over this timestamp and body, whatever the time is. */
export function isSigned(
  secret: string,
  { timestamp, signature }: { readonly timestamp: string; readonly signature: string },
  rawBody: Buffer,
): boolean {
  const expected = Buffer.from(
    `v0=${createHmac("sha256", secret).update(`v0:${timestamp}:`).update(rawBody).digest("hex")}`,
  );
  const given = Buffer.from(signature);
  return given.length === expected.length && timingSafeEqual(given, expected);
}

/**
 * Verifies Slack's request signature, version 0, before anything else reads the body.
 *
}
 * @returns null when the request is signed with `secret` and its timestamp is within five minutes of `nowMs`
 */
export function signatureFault(
  secret: string,
  headers: SignatureHeaders,
  rawBody: Buffer,
  nowMs: number,
): SignatureFault | null {
  const fault = headerFault(headers, nowMs);
  if (fault !== null) return fault;
  const { timestamp = "", signature = "" } = headers;
  return isSigned(secret, { timestamp, signature }, rawBody) ? null : "forged";
}
