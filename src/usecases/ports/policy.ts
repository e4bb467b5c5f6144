import type { PolicyError } from "../../domain/policy/findings.js";
import type { Policy } from "../../domain/policy/policy.js";

export interface PolicyInForce {
  readonly policy: Policy;
  /** SHA-256 of the file's text, hex. */
  readonly hash: string;
}

export interface PolicySource {
  current(): PolicyInForce;
}

/** A policy as it was read, with the text that goes into the trail. */
export interface LoadedPolicy extends PolicyInForce {
  readonly text: string;
}

/** What stands where the policy comes from, and the trail may not say yet. */
export type PolicyCandidate =
  | { readonly kind: "changed"; readonly policy: LoadedPolicy }
  /** A bad text: the last good policy stays in force. `hash` is that of the bad text. */
  | { readonly kind: "refused"; readonly hash: string; readonly errors: readonly PolicyError[] };

/** A policy that may change while the bot runs. */
export interface RenewablePolicy extends PolicySource {
  /** The policy in force: the one at the start, then the last one accepted. */
  current(): LoadedPolicy;
  /**
   * Reads again. Changes nothing: the same candidate is given until it is accepted, so that one that could not be
   * recorded comes again. `null` when there is nothing new, or it cannot be read.
   */
  refresh(): Promise<PolicyCandidate | null>;
  /** To be called once the candidate is on record: puts a changed policy in force; a refused text is not told again. */
  accept(candidate: PolicyCandidate): void;
}
