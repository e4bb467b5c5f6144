import type { EarlierPerson, Requested } from "../decisions/same-person.js";
import type { ReviewState } from "./state.js";

/** The part of a bypass that its review needs. A review is part of its bypass: their events share a stream. */
export interface ReviewSubject extends Requested {
  readonly path: string;
  readonly gates: readonly string[];
  readonly approvals: readonly EarlierPerson[];
  /** `null` until the declaration's entries have opened it. */
  readonly review: ReviewState | null;
  /** Keys of the refused attempts already on record. */
  readonly refusals: readonly string[];
  /** ISO 8601, UTC. Missing while a bypass is active, or if it never was. */
  readonly endedAt?: string;
}
