import type { LookupFunction } from "node:net";
import { Agent, type Dispatcher, ProxyAgent, request } from "undici";
import { causesOf, codeOf, isOfCertificate } from "../lib/causes.js";
import type { ResolvedAddress } from "./checked-address.js";

/** How the receiver is reached. */
export type Way =
  /** Straight to one of these addresses, whatever the name resolves to by now. */
  | { readonly kind: "direct"; readonly addresses: readonly ResolvedAddress[] }
  /** Through an HTTP proxy, which resolves the name. */
  | { readonly kind: "proxy"; readonly address: string };

export interface Post {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly way: Way;
  /** For the whole attempt: connection, request and the head of the answer. */
  readonly timeoutMs: number;
}

/** The head of the receiver's answer, or why there is none. Its body is never read. */
export type PostAnswer =
  | { readonly kind: "answer"; readonly status: number; readonly retryAfter: string | null }
  | { readonly kind: "none"; readonly code: string };

/**
 * Posts once. Never follows a redirect, keeps no connection, and reads nothing of the answer but its head. Never throws:
 * a fault is a code, because the address may hold a key.
 */
export async function post({ url, headers, body, way, timeoutMs }: Post): Promise<PostAnswer> {
  const dispatcher = dispatcherOf(way, timeoutMs);
  const signal = AbortSignal.timeout(timeoutMs);
  try {
    const answer = await request(url, { method: "POST", headers: { ...headers }, body, dispatcher, signal });
    // Its end may be far, or an error: nobody waits for it.
    answer.body.on("error", () => {}).destroy();
    const retryAfter = answer.headers["retry-after"];
    return {
      kind: "answer",
      status: answer.statusCode,
      retryAfter: typeof retryAfter === "string" ? retryAfter : null,
    };
  } catch (fault) {
    return { kind: "none", code: signal.aborted ? "timed_out" : codeOfFault(fault) };
  } finally {
    // Not awaited: what it still holds ends with the connection.
    void dispatcher.destroy().catch(() => {});
  }
}

function dispatcherOf(way: Way, timeoutMs: number): Dispatcher {
  const limits = { headersTimeout: timeoutMs, bodyTimeout: timeoutMs };
  if (way.kind === "proxy") return new ProxyAgent({ uri: way.address, ...limits });
  return new Agent({ ...limits, connect: { lookup: pinnedTo(way.addresses), timeout: timeoutMs } });
}

/** A look-up that asks nobody. */
function pinnedTo(addresses: readonly ResolvedAddress[]): LookupFunction {
  return (_hostname, { all }, callback) => {
    const [first] = addresses;
    if (all === true) callback(null, [...addresses]);
    else callback(null, first?.address ?? "", first?.family);
  };
}

function codeOfFault(fault: unknown): string {
  const codes = causesOf(fault).flatMap((cause) => codeOf(cause) ?? []);
  return codes.some(isOfCertificate) ? "certificate_refused" : "unreachable";
}
