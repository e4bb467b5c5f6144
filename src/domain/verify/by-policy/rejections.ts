import { REJECTION_HOLDS_MS } from "../../bypass/decide/proceed-alone.js";
import { REJECTABLE_FOR_MS } from "../../bypass/decide/reject-late.js";
import type { Bypass } from "../../bypass/state.js";
import { isComparable } from "../../bypass/target.js";
import type { Policy } from "../../policy/policy.js";
import { accountsOf } from "../../policy/roles.js";

/**
 * How much older than the act a rejection must be to count for certain: rejections are read a moment before, and the
 * commit accepts times up to five minutes behind its own clock.
 */
const CERTAIN_AFTER_MS = 5 * 60_000;

/** A request that another person denied, or whose grant another person revoked. */
interface Rejection extends Pick<Bypass, "gates" | "kind" | "target"> {
  readonly at: string;
  /** `null` once it is redacted. */
  readonly targetKey: string | null;
  readonly requester: string;
}

/** The rejections of the last day, for Proceed Alone. */
export interface Rejections {
  /** Takes the normalised target of a request. */
  declared(n: number, targetKey: string | null): void;
  rejected(n: number, rejected: Bypass, at: string): void;
  /** Takes the end of a request or grant. Its target is remembered until no late rejection can come any more. */
  ended(n: number, at: string): void;
  /** The newest rejection that certainly bars the requester from going alone at that time; `null` if none does. */
  barring(n: number, state: Bypass, policies: readonly Policy[], at: string): string | null;
}

/** Creates an empty list. */
export function createRejections(): Rejections {
  const targets = new Map<number, string>();
  /** When each bypass with a target ended, in the order of the trail. */
  const ends = new Map<number, number>();
  let rejections: readonly Rejection[] = [];
  return {
    declared: (n, targetKey) => {
      if (targetKey !== null) targets.set(n, targetKey);
    },
    rejected: (n, { gates, kind, target, requester }, at) => {
      const kept = rejections.filter(
        (rejection) => Date.parse(rejection.at) + REJECTION_HOLDS_MS >= Date.parse(at) - CERTAIN_AFTER_MS,
      );
      rejections = [...kept, { at, gates, kind, target, targetKey: targets.get(n) ?? null, requester: requester.user }];
    },
    ended: (n, at) => {
      const now = Date.parse(at);
      ends.set(n, now);
      for (const [other, end] of ends) {
        if (now - end <= REJECTABLE_FOR_MS + CERTAIN_AFTER_MS) break;
        ends.delete(other);
        targets.delete(other);
      }
    },
    barring: (n, { gates, kind, target, accounts }, policies, at) => {
      const targetKey = targets.get(n) ?? null;
      // By every policy: an account that one of them leaves out may not have been compared.
      const own = accounts.filter((account) =>
        policies.every((policy) => accountsOf(policy, account).includes(account)),
      );
      const certain = rejections.filter(
        (rejection) =>
          Date.parse(rejection.at) < Date.parse(at) - CERTAIN_AFTER_MS &&
          rejection.kind === kind &&
          rejection.gates.some((gate) => gates.includes(gate)) &&
          (!isComparable(target.kind) ||
            !isComparable(rejection.target.kind) ||
            (targetKey !== null && rejection.targetKey === targetKey) ||
            own.includes(rejection.requester)),
      );
      return certain.reduce<string | null>(
        (newest, { at: when }) => (newest === null || when > newest ? when : newest),
        null,
      );
    },
  };
}
