import type { Actor } from "./actor.js";
import type { BypassEvent } from "./catalogue/catalogue.js";
import type { TextField } from "./catalogue/define.js";

/** An event as a decision makes it: not yet numbered, its texts still in the clear. */
export interface NewEntry<F extends { readonly type: string } = BypassEvent> {
  readonly event: F;
  readonly actor: Actor;
  /** ISO 8601, UTC, milliseconds. */
  readonly at: string;
  readonly texts?: Partial<Record<TextField, string>>;
}

/** An event as it is read back from the trail. */
export interface Entry<F extends { readonly type: string } = BypassEvent> {
  readonly event: F;
  readonly actor: Actor;
  readonly at: string;
  /** Position in the stream of its bypass, from 1. */
  readonly version: number;
}
