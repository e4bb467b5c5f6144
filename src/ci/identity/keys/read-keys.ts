import { type CryptoKey, importJWK } from "jose";
import { z } from "zod";
import { isLoopback, isSafeToFetch } from "../../../domain/policy/ci.js";
import { call } from "../../../lib/call.js";
import type { Fetch } from "../../../lib/outbound.js";

/** A public key that verifies RS256 and nothing else. */
export type IssuerKey = CryptoKey;

/** What an attempt to read an issuer's keys led to. `why` is a word for the log. */
export type KeysRead =
  | { readonly ok: true; readonly keys: ReadonlyMap<string, IssuerKey> }
  | { readonly ok: false; readonly why: string };

/** For each of the two calls, so that an attempt ends within 6 s. */
const TIMEOUT_MS = 3_000;
/** The most keys to read; real issuers have a handful. */
const MAX_KEYS = 50;
/** NIST SP 800-131A: shorter keys are not to be used. */
const LEAST_MODULUS_BITS = 2_048;

/** The part of OpenID Connect Discovery 1.0, section 4.2, that is used. */
const discovery = z.object({ issuer: z.string(), jwks_uri: z.string().max(1_000) });
const keySet = z.object({ keys: z.array(z.unknown()).max(MAX_KEYS) });
/** RFC 7517 and RFC 7518, 6.3.1: a public RSA key. */
const rsaKey = z.object({
  kty: z.literal("RSA"),
  kid: z.string().min(1).max(200),
  use: z.literal("sig").optional(),
  alg: z.literal("RS256").optional(),
  n: z.string().max(2_000),
  /** 65537, as every issuer has it: a small exponent would make signatures easy to forge. */
  e: z.literal("AQAB"),
});

/**
 * Reads the keys of an issuer by OpenID Connect discovery. Never throws and follows no redirect; the discovery document
 * has to name the issuer itself, and keys on `https`, or on this machine where the issuer is on it too.
 */
export async function readKeys(issuer: string, fetch: Fetch): Promise<KeysRead> {
  const found = await getJson(`${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`, fetch);
  if (!found.ok) return found;
  const document = discovery.safeParse(found.json);
  if (!document.success) return { ok: false, why: "discovery_malformed" };
  // Section 4.3: otherwise one issuer could speak for another.
  if (document.data.issuer !== issuer) return { ok: false, why: "discovery_of_another_issuer" };
  const { jwks_uri: address } = document.data;
  if (!URL.canParse(address) || !isSafeToFetch(new URL(address), isLoopback(new URL(issuer)))) {
    return { ok: false, why: "keys_at_unsafe_address" };
  }
  const answered = await getJson(address, fetch);
  if (!answered.ok) return answered;
  const set = keySet.safeParse(answered.json);
  if (!set.success) return { ok: false, why: "keys_malformed" };
  return { ok: true, keys: await usable(set.data.keys) };
}

type Json = { readonly ok: true; readonly json: unknown } | { readonly ok: false; readonly why: string };

async function getJson(url: string, fetch: Fetch): Promise<Json> {
  const answer = await call({ url, headers: { accept: "application/json" }, timeoutMs: TIMEOUT_MS, fetch });
  if (answer.kind === "none") return { ok: false, why: answer.code };
  if (answer.status !== 200) return { ok: false, why: `http_${answer.status}` };
  return { ok: true, json: answer.body };
}

/** Leaves out what is no RSA key for signatures, and every key of an id that two keys have. */
async function usable(keys: readonly unknown[]): Promise<ReadonlyMap<string, IssuerKey>> {
  const found = new Map<string, IssuerKey>();
  const ids = keys.map((key) => (typeof key === "object" && key !== null && "kid" in key ? key.kid : null));
  for (const candidate of keys) {
    const { data } = rsaKey.safeParse(candidate);
    if (data === undefined || ids.filter((id) => id === data.kid).length > 1) continue;
    if (Buffer.from(data.n, "base64url").length * 8 < LEAST_MODULUS_BITS) continue;
    // Only these members: `key_ops`, `x5u` and the like of the file are not acted on.
    const key = await importJWK({ kty: "RSA", n: data.n, e: data.e }, "RS256").catch(() => null);
    if (key !== null) found.set(data.kid, key);
  }
  return found;
}
