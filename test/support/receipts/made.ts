import { generateKeyPairSync } from "node:crypto";
import { type ReceiptKeys, readReceiptKeys } from "../../../src/ci/receipts/keys.js";
import { createReceiptSigner } from "../../../src/ci/receipts/signer.js";
import type { ReceiptFacts } from "../../../src/domain/receipts/receipt.js";

/** What a yes for BG-42 attests. */
export const FACTS: ReceiptFacts = {
  issuer: "https://token.actions.githubusercontent.com",
  repository: "123",
  run: "github:123/456/1",
  gate: "e2e-suite",
  target: "acme/payments-api#4821",
  commit: "9f1c2ab0".repeat(5),
  commit_proven: true,
  grant: "BG-42",
  requester: "U0PRIYA",
  approved_by: ["U0DANA"],
  policy: "ab".repeat(32),
  seq: 57,
  head: "0123456789abcdef01234567",
};

export const ISSUER = "https://breakglass.example.com";
/** 1 Dec 2026, 03:12 UTC, in milliseconds. */
export const NOW = Date.UTC(2026, 11, 1, 3, 12);
export const AT = NOW / 1000;
/** The grant goes on for forty minutes. */
export const TIMES = { now: NOW, grantEnds: NOW + 40 * 60_000 };

/** A new key, as `breakglass receipt key` writes it, and its public half. */
export function newPem(): { readonly secret: string; readonly open: string } {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  return {
    secret: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    open: publicKey.export({ type: "spki", format: "pem" }).toString(),
  };
}

/** The keys of a text that must hold some. */
export async function keysIn(pem: string): Promise<ReceiptKeys> {
  const read = await readReceiptKeys(pem);
  if ("faults" in read) throw new Error(read.faults.join("; "));
  return read.keys;
}

/** A signer with the keys of a text; the ids of its receipts count up. */
export async function signerWith(pem: string) {
  let made = 0;
  const keys = await keysIn(pem);
  return createReceiptSigner({ keys, issuer: ISSUER, newId: () => `receipt-${++made}` });
}
