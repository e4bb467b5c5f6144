import type { Actor } from "../events/actor.js";
import type { BypassFact } from "../events/catalogue/catalogue.js";
import type { TextField } from "../events/catalogue/define.js";

export type {
  AckPlan,
  LapseReason,
  RevokeReason,
  RungPlan,
  SystemReason,
  TargetFact,
} from "../events/catalogue/bypass.js";
export type { BypassFact, SystemFact } from "../events/catalogue/catalogue.js";
export { TEXT_FIELDS, type TextField } from "../events/catalogue/define.js";

/** An event as a decision makes it: not yet numbered, its texts still in the clear. */
export interface NewEntry<F extends { readonly type: string } = BypassFact> {
  readonly fact: F;
  readonly actor: Actor;
  /** ISO 8601, UTC, milliseconds. */
  readonly at: string;
  readonly texts?: Partial<Record<TextField, string>>;
}

/** An event as it is read back from the trail. */
export interface Entry<F extends { readonly type: string } = BypassFact> {
  readonly fact: F;
  readonly actor: Actor;
  readonly at: string;
  /** Position in the stream of its bypass, from 1. */
  readonly version: number;
}
