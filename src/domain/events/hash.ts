import { createHash } from "node:crypto";

/** SHA-256, 32 bytes. */
export type Digest = Uint8Array;

/** The `prev` of the first entry: 32 zero bytes. */
export const GENESIS: Digest = new Uint8Array(32);

/** Hex digits of a short head: enough to distinguish heads, short enough to read aloud. */
const SHORT_HEAD_DIGITS = 24;

const LEAF_PREFIX = Buffer.from([0x00]);
const CHAIN_PREFIX = Buffer.from([0x02]);

/** `SHA-256(0x00 ‖ body)`, the leaf hash of RFC 6962. */
export function leafHash(body: string): Digest {
  return createHash("sha256").update(LEAF_PREFIX).update(body, "utf8").digest();
}

/** `SHA-256(0x02 ‖ prev ‖ seq ‖ leaf)`, with `seq` as 8 bytes, big-endian. */
export function chainHash(prev: Digest, seq: number, leaf: Digest): Digest {
  const position = Buffer.alloc(8);
  position.writeBigInt64BE(BigInt(seq));
  return createHash("sha256").update(CHAIN_PREFIX).update(prev).update(position).update(leaf).digest();
}

/** `SHA-256(nonce ‖ text)` in hex, as in a body. The nonce keeps short texts from being guessed. */
export function textHash(nonceHex: string, text: string): string {
  return createHash("sha256").update(Buffer.from(nonceHex, "hex")).update(text, "utf8").digest("hex");
}

/** The first 24 hex digits of a chain hash, as shown to people. */
export function shortHead(hash: Digest | string): string {
  const hex = typeof hash === "string" ? hash : Buffer.from(hash).toString("hex");
  return hex.slice(0, SHORT_HEAD_DIGITS);
}
