import { json, type Route } from "../lib/route.js";
import type { ReceiptSigner } from "../usecases/ports/receipts.js";

/** How long others may keep the keys, in seconds: a new key is published that much before it signs. */
const CACHE_SECONDS = 300;

/** Where verifiers find the keys, below the bot's public address (RFC 8615). */
export const JWKS_PATH = "/.well-known/jwks.json";

/** `/.well-known/jwks.json`: the keys by which receipts are verified, or a 404 where the bot has none. */
export function jwksRoute(receipts: Pick<ReceiptSigner, "jwks"> | null): Route {
  return {
    method: "GET",
    path: JWKS_PATH,
    handle: async () =>
      receipts === null
        ? json(
            404,
            {
              type: "about:blank",
              title: "Not Found",
              status: 404,
              detail:
                "This bot signs no receipts, so it publishes no keys. Its operator gives it a key with RECEIPT_KEY_FILE.",
            },
            { "content-type": "application/problem+json" },
          )
        : json(200, receipts.jwks(), {
            "content-type": "application/jwk-set+json",
            "cache-control": `public, max-age=${CACHE_SECONDS}`,
          }),
  };
}
