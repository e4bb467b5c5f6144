import type { ReceiptFacts, ReceiptTimes } from "../../domain/receipts/receipt.js";

/** A public key as RFC 7517 and RFC 8037 write it. */
export interface PublishedKey {
  readonly kty: "OKP";
  readonly crv: "Ed25519";
  /** The public key, base64url. */
  readonly x: string;
  /** RFC 7638 thumbprint of the key. */
  readonly kid: string;
  readonly alg: "EdDSA";
  readonly use: "sig";
}

/** The public keys by which receipts are verified, the one that signs first. */
export interface PublishedKeys {
  readonly keys: readonly PublishedKey[];
}

/**
 * Signs what a pipeline was told. Where the operator has given no key there is no signer, and the answers carry
 * `receipt: null`.
 */
export interface ReceiptSigner {
  /** @returns the receipt: a JWT in its compact form */
  sign(facts: ReceiptFacts, times: ReceiptTimes): Promise<string>;
  /** The keys to publish under `/.well-known/jwks.json`. */
  jwks(): PublishedKeys;
}
