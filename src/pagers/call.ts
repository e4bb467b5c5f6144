/** What came of one call: an answer of theirs, or why there is none. Texts of theirs are cut, and never logged. */
export type Answer =
  | { readonly kind: "answer"; readonly status: number; readonly body: unknown; readonly retryAfterMs: number | null }
  | { readonly kind: "none"; readonly code: "unreachable" | "timed_out" };

export interface Call {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Posted as JSON; a GET when left out. */
  readonly body?: unknown;
  /** For the whole call, the reading of the answer included. */
  readonly timeoutMs: number;
}

/** More than an answer of these services ever has; what comes beyond is not read. */
const MOST_BYTES = 1024 * 1024;

/**
 * One HTTP call, tried once. Never throws and never follows a redirect: keys go where the operator sent them and nowhere
 * else. Faults are told by a code alone, since the address may hold a key.
 */
export async function call({ url, headers, body, timeoutMs }: Call): Promise<Answer> {
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
    const text = await readAtMost(response, MOST_BYTES);
    const retryAfterMs = secondsOf(response.headers.get("retry-after"));
    return { kind: "answer", status: response.status, body: parsed(text), retryAfterMs };
  } catch {
    return { kind: "none", code: signal.aborted ? "timed_out" : "unreachable" };
  }
}

async function readAtMost(response: Response, most: number): Promise<string> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of response.body ?? []) {
    length += part.byteLength;
    if (length > most) break;
    parts.push(part);
  }
  return Buffer.concat(parts).toString("utf8");
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** `Retry-After` in seconds, as milliseconds; its other form, a date, is not used by these services. */
function secondsOf(header: string | null): number | null {
  return header !== null && /^\d{1,5}$/.test(header) ? Number(header) * 1000 : null;
}
