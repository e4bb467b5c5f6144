import { DENY_HOLDS_MS } from "../../bypass/decide/proceed-alone.js";
import type { Bypass } from "../../bypass/state.js";
import type { Policy } from "../../policy/policy.js";
import { accountsOf } from "../../policy/roles.js";

/**
 * How much older than the act a denial must be to count for certain: the requester's denials are read a moment before,
 * and the commit accepts times up to five minutes behind its own clock.
 */
const CERTAIN_AFTER_MS = 5 * 60_000;

/** One denied request. */
interface Denial {
  readonly at: string;
  readonly gates: readonly string[];
  /** `null` once it is redacted. */
  readonly targetKey: string | null;
  readonly requester: string;
}

/** The denials of the last day, for Proceed Alone. */
export interface Denials {
  /** Takes the normalised target of a request. */
  declared(n: number, targetKey: string | null): void;
  denied(n: number, denied: Bypass, at: string): void;
  /** Takes any other end of a request. */
  settled(n: number): void;
  /** The newest denial that certainly bars the requester from going alone at that time; `null` if none does. */
  barring(n: number, state: Bypass, policies: readonly Policy[], at: string): string | null;
}

/** Creates an empty list. */
export function createDenials(): Denials {
  const targets = new Map<number, string>();
  let denials: readonly Denial[] = [];
  return {
    declared: (n, targetKey) => {
      if (targetKey !== null) targets.set(n, targetKey);
    },
    denied: (n, { gates, requester }, at) => {
      const kept = denials.filter(
        (denial) => Date.parse(denial.at) + DENY_HOLDS_MS >= Date.parse(at) - CERTAIN_AFTER_MS,
      );
      denials = [...kept, { at, gates, targetKey: targets.get(n) ?? null, requester: requester.user }];
      targets.delete(n);
    },
    settled: (n) => {
      targets.delete(n);
    },
    barring: (n, { gates, accounts }, policies, at) => {
      const targetKey = targets.get(n) ?? null;
      // By every policy: an account that one of them leaves out may not have been compared.
      const own = accounts.filter((account) =>
        policies.every((policy) => accountsOf(policy, account).includes(account)),
      );
      const certain = denials.filter(
        (denial) =>
          Date.parse(denial.at) < Date.parse(at) - CERTAIN_AFTER_MS &&
          denial.gates.some((gate) => gates.includes(gate)) &&
          ((targetKey !== null && denial.targetKey === targetKey) || own.includes(denial.requester)),
      );
      return certain.reduce<string | null>(
        (newest, { at: when }) => (newest === null || when > newest ? when : newest),
        null,
      );
    },
  };
}
