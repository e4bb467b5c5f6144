import type { EarlierPerson, Requested } from "../decisions/persons.js";
import type { ReviewState } from "./state.js";

/** A bypass as its review looks at it. The review is part of the bypass: its events stand in the same stream. */
export interface ReviewSubject extends Requested {
  readonly path: string;
  readonly gates: readonly string[];
  readonly approvals: readonly EarlierPerson[];
  /** `null` before the declaration has opened it. */
  readonly review: ReviewState | null;
  /** Attempts that were refused and are on record already. */
  readonly refusals: readonly string[];
  /** ISO 8601, UTC. A bypass that was never active, or still is, has none. */
  readonly endedAt?: string;
}
