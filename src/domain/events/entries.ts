import type { Actor } from "./actor.js";
import type { BypassEvent } from "./catalogue/catalogue.js";
import type { TextField } from "./catalogue/define.js";

/** An entry as a decision creates it: not numbered yet, its texts in clear. */
export interface NewEntry<E extends { readonly type: string } = BypassEvent> {
  readonly event: E;
  readonly actor: Actor;
  /** ISO 8601, UTC, milliseconds. */
  readonly at: string;
  readonly texts?: Partial<Record<TextField, string>>;
}

/** An entry as read from the trail. */
export interface Entry<E extends { readonly type: string } = BypassEvent> {
  readonly event: E;
  readonly actor: Actor;
  readonly at: string;
  /** Position in the stream of its bypass, from 1. */
  readonly version: number;
}
