import { expect } from "vitest";
import type { BypassCommand } from "../../../src/domain/bypass/commands.js";
import { decide } from "../../../src/domain/bypass/decide/decide.js";
import { evolve, fold } from "../../../src/domain/bypass/evolve.js";
import type { Bypass, BypassState } from "../../../src/domain/bypass/state.js";
import type { Decision } from "../../../src/domain/decisions/decision.js";
import type { Refusal, RefusalCode } from "../../../src/domain/decisions/refusals.js";
import type { Entry, NewEntry } from "../../../src/domain/events/entries.js";
import type { Policy } from "../../../src/domain/policy/policy.js";
import { brokenBy } from "./broken.js";
import { DECLARED_AT, since } from "./clock.js";
import type { Line } from "./lines.js";
import { samplePolicy } from "./policies.js";

/** The outcome of a decision, with the assertions on it. */
export interface Decided {
  readonly decision: Decision;
  /** The state with the new entries folded in. */
  readonly state: BypassState;
  /** Asserts that the command was accepted with exactly these entries, in this order. */
  records(...lines: readonly Line[]): Decided;
  /** Asserts that the command was refused with this code and recorded exactly these entries. */
  refuses(code: RefusalCode, ...lines: readonly Line[]): Refusal;
}

export interface Given {
  /** Sets the policy in force at the command; the sample by default. */
  under(policy: Policy): Given;
  /** Executes the command that long after the declaration. */
  when(command: BypassCommand, elapsed?: string, milliseconds?: number): Decided;
}

/** The entries of a history, numbered from 1. */
export function numbered(lines: readonly Line[], from = 1): readonly Entry[] {
  return lines.map(({ event, actor, at }, index) => ({ event, actor, at: at ?? DECLARED_AT, version: from + index }));
}

/** The state after a history. */
export function stateOf(...lines: readonly Line[]): Bypass {
  const state = fold(numbered(lines));
  if (state === null) throw new Error("A history without entries has no state.");
  return state;
}

/**
 * Tests one decision: `given(…entries).when(command, "6m").records(…)` or `.refuses("code")`. Also asserts that the
 * recorded entries break no invariant.
 */
export function given(...lines: readonly Line[]): Given {
  return scenario(lines, samplePolicy);
}

function scenario(lines: readonly Line[], policy: Policy): Given {
  return {
    under: (inForce) => scenario(lines, inForce),
    when: (command, elapsed = "0s", milliseconds = 0) => {
      const before = fold(numbered(lines));
      const now = since(elapsed, milliseconds);
      const decision = decide(policy, before, command, new Date(now));
      const fresh = numbered(decision.entries, lines.length + 1);
      expect(brokenBy({ state: before, last: numbered(lines).at(-1) ?? null }, fresh)).toEqual([]);
      const at = before !== null && before.lastAt > now ? before.lastAt : now;
      return decided(decision, fresh.reduce<BypassState>(evolve, before), at);
    },
  };
}

function decided(decision: Decision, state: BypassState, at: string): Decided {
  const plain = ({ event, actor, texts = {}, ...rest }: Line | NewEntry) => ({
    event,
    actor,
    texts,
    at: rest.at ?? at,
  });
  const self: Decided = {
    decision,
    state,
    records: (...lines) => {
      expect(decision.ok ? "accepted" : decision.refusal).toEqual("accepted");
      expect(decision.entries.map(plain)).toEqual(lines.map(plain));
      return self;
    },
    refuses: (code, ...lines) => {
      if (decision.ok) throw new Error(`Accepted; expected a refusal with ${code}.`);
      expect(decision.refusal.code).toBe(code);
      expect(decision.entries.map(plain)).toEqual(lines.map(plain));
      return decision.refusal;
    },
  };
  return self;
}
