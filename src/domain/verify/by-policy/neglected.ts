import { forbiddenGates } from "../../bypass/decide/who-may.js";
import { isStepDue } from "../../bypass/due.js";
import type { Bypass } from "../../bypass/state.js";
import type { Policy } from "../../policy/policy.js";
import type { Uptime } from "./bot-uptime.js";

/** An open bypass of a gate that may not be bypassed any more. */
interface Forbidden {
  readonly since: number;
  readonly seq: number;
}

/** Watches for grants that outlive the permission for their gates. */
export interface ForbiddenGrants {
  /** Takes the newest policy, by the entry `seq`, and every bypass that is open. */
  policy(policy: Policy | null, seq: number, at: number, open: Iterable<readonly [number, Bypass]>): void;
  declared(n: number, gates: readonly string[], at: number): void;
  ended(n: number): void;
  /** The bypasses that certainly should have ended by now, each once, with the policy's entry. */
  overdue(now: number, stateOf: (n: number) => Bypass | null): readonly { readonly n: number; readonly seq: number }[];
}

/** Creates a watch that relies on `working` to tell neglect from a bot that stood still. */
export function createForbiddenGrants(working: Uptime): ForbiddenGrants {
  const forbidden = new Map<number, Forbidden>();
  let newest: { readonly policy: Policy; readonly seq: number } | null = null;
  return {
    policy: (policy, seq, at, open) => {
      newest = policy === null ? null : { policy, seq };
      if (policy === null) {
        forbidden.clear();
        return;
      }
      for (const [n, { gates }] of open) {
        if (forbiddenGates(policy, gates).length === 0) forbidden.delete(n);
        else if (!forbidden.has(n)) forbidden.set(n, { since: at, seq });
      }
    },
    declared: (n, gates, at) => {
      if (newest !== null && forbiddenGates(newest.policy, gates).length > 0)
        forbidden.set(n, { since: at, seq: newest.seq });
    },
    ended: (n) => {
      forbidden.delete(n);
    },
    overdue: (now, stateOf) => {
      if (forbidden.size === 0) return [];
      const found = [...forbidden].filter(([n, { since }]) => {
        const state = stateOf(n);
        const isOpen =
          state?.status === "requested" || (state?.status === "active" && now < Date.parse(state.grant.endsAt));
        return isOpen && working.since(since);
      });
      for (const [n] of found) forbidden.delete(n);
      return found.map(([n, { seq }]) => ({ n, seq }));
    },
  };
}

/**
 * What the escalation of a request has certainly left out when it is settled at that time: a step that was due and never
 * raised, or raised and never paged.
 */
export function neglectedSteps(before: Bypass, at: string, working: Uptime): readonly string[] {
  return before.steps.flatMap((step, index) => {
    if (!isStepDue(before, step, at)) return [];
    if (step.raisedAt === null) {
      const dueAt = Date.parse(before.declaredAt) + step.afterSeconds * 1000;
      return working.since(dueAt)
        ? [`settles a request whose step ${index} was due long before and was never raised`]
        : [];
    }
    const isForgotten = step.outcome === "none" && working.since(Date.parse(step.raisedAt));
    return isForgotten
      ? [`settles a request whose step ${index} was raised long before, and its page has no outcome`]
      : [];
  });
}
