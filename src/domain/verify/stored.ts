import type { Digest } from "../events/hash.js";
import { LONGEST_ORIGIN } from "../events/origin.js";

/**
 * The longest body and texts, in bytes: more than the bot ever writes. A reader need not hand over more than one character
 * beyond them; what is longer is a finding, and is not looked into.
 */
export const LONGEST = { body: 131_072, text: 65_536, textOf: { policy: 1_048_576, origin: LONGEST_ORIGIN } } as const;

/** The longest text of a field, in bytes. */
export const longestText = (field: string): number =>
  Object.entries(LONGEST.textOf).find(([name]) => name === field)?.[1] ?? LONGEST.text;

/** How much of the trail was read: after a read that failed, what seems to be missing may stand in the rest. */
export type Seen = "all" | "beginning";

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
  /** The bypasses of other streams whose texts the origin among the texts may hold. */
  readonly originShows?: readonly number[];
}

/** A position in the chain and its hash. */
export interface ChainPoint {
  readonly seq: number;
  readonly hash: Digest;
}
