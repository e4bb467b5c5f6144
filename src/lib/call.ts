import type { Fetch } from "./outbound.js";
import { readAtMost } from "./read-response.js";

/** The result of one call: the service's answer, or why there is none. The body is `null` past 1 MiB, and never logged. */
export type Answer =
  | { readonly kind: "answer"; readonly status: number; readonly body: unknown; readonly retryAfterMs: number | null }
  | { readonly kind: "none"; readonly code: "unreachable" | "timed_out" };

export interface Call {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Posted as JSON. Without it, the call is a GET. */
  readonly body?: unknown;
  /** For the whole call, including the reading of the answer. */
  readonly timeoutMs: number;
  /** Default: the standard one, which knows no proxy. */
  readonly fetch?: Fetch | undefined;
}

/** Larger than any answer of these services; the rest is not read. */
const MAX_BYTES = 1024 * 1024;

/**
 * Makes one HTTP call, without retries. Never throws. Never follows a redirect, so keys go only to the configured host.
 * Reports a fault only as a code, because the address may hold a key.
 */
export async function call({ url, headers, body, timeoutMs, fetch = globalThis.fetch }: Call): Promise<Answer> {
  const signal = AbortSignal.timeout(timeoutMs);
  try {
    const response = await fetch(url, {
      redirect: "manual",
      signal,
      ...(body === undefined
        ? { headers }
        : {
            method: "POST",
            headers: { "content-type": "application/json", ...headers },
            body: JSON.stringify(body),
          }),
    });
    const text = (await readAtMost(MAX_BYTES, response)) ?? "";
    const retryAfterMs = secondsOf(response.headers.get("retry-after"));
    return { kind: "answer", status: response.status, body: parsed(text), retryAfterMs };
  } catch {
    return { kind: "none", code: signal.aborted ? "timed_out" : "unreachable" };
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Parses `Retry-After` in seconds to milliseconds. These services do not use its other form, a date. */
function secondsOf(header: string | null): number | null {
  return header !== null && /^\d{1,5}$/.test(header) ? Number(header) * 1000 : null;
}
