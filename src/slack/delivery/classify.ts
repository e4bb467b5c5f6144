import { WebAPIHTTPError, WebAPIPlatformError, WebAPIRateLimitedError, WebAPIRequestError } from "@slack/web-api";
import { innermostCodesOf, isOfCertificate } from "../../lib/causes.js";
import type { Delivery } from "../../usecases/ports/ports.js";
import { TAKEN_OVER } from "../../usecases/ports/taken-over.js";
import { SCOPE_MISSING, TOKEN_REFUSED } from "../health/refusal-codes.js";
import { PutOff } from "../pacing/pace.js";
import { fenced, TakenOver } from "./only-while-claimed.js";

/** A delivery that failed, or may have. */
export type Failure = Exclude<Delivery, { ok: true }>;

/** Retry delay after a failed connection. It is short, because the retry costs Slack nothing. */
const RECONNECT_MS = 1000;
/** Retry delay when Slack states none: for a rate limit without a duration, and for a faulty token. */
const DEFAULT_RETRY_MS = 30_000;

/** Errors before the connection was made: nothing of the request can have arrived. */
const NEVER_SENT: ReadonlySet<string> = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENETDOWN",
  "EADDRNOTAVAIL",
  "UND_ERR_CONNECT_TIMEOUT",
  "PROXY_REFUSED",
]);

/** Slack failed on its side and may have performed the call. */
const SLACK_FAILED: ReadonlySet<string> = new Set([
  "internal_error",
  "fatal_error",
  "service_unavailable",
  "request_timeout",
]);

/** Slack did not perform the call and accepts it later. */
const NOT_NOW: ReadonlySet<string> = new Set([
  "ratelimited",
  "rate_limited",
  "message_limit_exceeded",
  "team_added_to_org",
]);

/** What a failed call means for the delivery. Codes are identifiers, never people's texts. */
export function classify(fault: unknown): Failure {
  if (fault instanceof WebAPIRequestError && fault.original instanceof TakenOver) return later(TAKEN_OVER, 0);
  if (fault instanceof WebAPIRateLimitedError) {
    // Slack took nothing: this does not count as an attempt, or ten of them would give a message up.
    return { ...later(fault instanceof PutOff ? "put_off" : "ratelimited", fault.retryAfter * 1000), untried: true };
  }
  if (fault instanceof WebAPIPlatformError) return classifyCode(fault.data.error);
  if (fault instanceof WebAPIHTTPError) {
    const code = `http_${fault.statusCode}`;
    return fault.statusCode >= 500 || fault.statusCode === 408 ? ambiguous(code) : refused(code);
  }
  if (fault instanceof WebAPIRequestError) {
    const codes = innermostCodesOf(fault.original);
    const certain = codes.length > 0 && codes.every((code) => NEVER_SENT.has(code) || isOfCertificate(code));
    return certain
      ? later(codes[0]?.toLowerCase() ?? "unreachable", RECONNECT_MS)
      : ambiguous(connectionCode(fault.original, codes));
  }
  if (fault instanceof Error && /retry header/i.test(fault.message)) return later("ratelimited", DEFAULT_RETRY_MS);
  return ambiguous("unreadable_answer");
}

/** The client reports a body that is not JSON as Slack's code. Such a body comes from a proxy and means nothing. */
function classifyCode(code: string): Failure {
  if (!/^[a-z][a-z0-9_]{0,79}$/.test(code)) return ambiguous("unreadable_answer");
  if (NOT_NOW.has(code) || TOKEN_REFUSED.has(code) || code === SCOPE_MISSING) return later(code, DEFAULT_RETRY_MS);
  return SLACK_FAILED.has(code) ? ambiguous(code) : refused(code);
}

function connectionCode(original: Error, codes: readonly string[]): string {
  if (original.name === "TimeoutError") return "timeout";
  return codes[0]?.toLowerCase() ?? "connection_lost";
}

/** What Slack's codes say about the message that a call is about. */
const ABOUT_THE_MESSAGE: ReadonlyMap<string, "gone" | "locked"> = new Map([
  ["message_not_found", "gone"],
  ["thread_not_found", "gone"],
  ["cant_update_message", "locked"],
  ["edit_window_closed", "locked"],
]);

/** Slack will not accept the call however often it is made. */
export function refused(code: string): Failure {
  const message = ABOUT_THE_MESSAGE.get(code);
  return { ok: false, kind: "refused", code, ...(message === undefined ? {} : { message }) };
}
/** Nothing was done; to be tried after `retryAfterMs`. */
export const later = (code: string, retryAfterMs: number): Extract<Failure, { kind: "later" }> => ({
  ok: false,
  kind: "later",
  retryAfterMs,
  code,
});
/** The call may have succeeded although no answer came. */
export const ambiguous = (code: string): Failure => ({ ok: false, kind: "ambiguous", code });

/** Calls Slack and classifies a failure. Keep rendering outside: our own errors must not look like Slack's. */
export async function attempt<T>(call: () => Promise<T>): Promise<T | Failure> {
  try {
    return await call();
  } catch (fault) {
    return classify(fault);
  }
}

/** Like {@link attempt}, for a call that may only be made while the claim is this process's own. */
export const attemptIf = <T>(stillMine: () => boolean, call: () => Promise<T>): Promise<T | Failure> =>
  stillMine() ? attempt(() => fenced(stillMine, call)) : Promise.resolve(later(TAKEN_OVER, 0));
