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

/** What was decided on a history, for saying what it must have been. */
export interface Decided {
  readonly decision: Decision;
  /** The state with the new entries folded in. */
  readonly state: BypassState;
  /** Accepted, with exactly these entries in this order. */
  records(...lines: readonly Line[]): Decided;
  /** Refused with that code; what is put on record none the less follows. */
  refuses(code: RefusalCode, ...lines: readonly Line[]): Refusal;
}

export interface Given {
  /** The policy in force at the command; the sample where none is named. */
  under(policy: Policy): Given;
  /** The command, so long after the declaration, with milliseconds beside where they matter. */
  when(command: BypassCommand, elapsed?: string, milliseconds?: number): Decided;
}

/** The entries of a history, numbered from 1. */
export function numbered(lines: readonly Line[], from = 1): readonly Entry[] {
  return lines.map(({ event, actor, at }, index) => ({ event, actor, at: at ?? DECLARED_AT, version: from + index }));
}

/** The state that a history leads to. */
export function stateOf(...lines: readonly Line[]): Bypass {
  const state = fold(numbered(lines));
  if (state === null) throw new Error("A history without entries has no state.");
  return state;
}

/**
 * `given(…entries).when(command, "6m").records(…)`, or `.refuses("code")`: one decision, told as a sentence. Whatever it
 * records must break no invariant.
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
      if (decision.ok) throw new Error(`It was accepted, not refused as ${code}.`);
      expect(decision.refusal.code).toBe(code);
      expect(decision.entries.map(plain)).toEqual(lines.map(plain));
      return decision.refusal;
    },
  };
  return self;
}
