import type { Digest } from "../events/hash.js";

/** A text stored beside its entry; nonce and text are `null` after a redaction. */
export interface StoredText {
  readonly field: string;
  readonly nonce: string | null;
  readonly text: string | null;
}

/** An entry as stored. */
export interface StoredEntry {
  readonly seq: number;
  readonly stream: string;
  readonly version: number | null;
  readonly body: string;
  readonly prev: Digest;
  readonly leaf: Digest;
  readonly hash: Digest;
  readonly texts: readonly StoredText[];
}

/** A position in the chain and its hash. */
export interface ChainPoint {
  readonly seq: number;
  readonly hash: Digest;
}
