import type { BypassCommand } from "../../../src/domain/bypass/commands.js";
import { decide } from "../../../src/domain/bypass/decide/decide.js";
import type { Effect } from "../../../src/domain/bypass/effects.js";
import { effectsOf } from "../../../src/domain/bypass/effects-of.js";
import { evolve } from "../../../src/domain/bypass/evolve.js";
import type { Bypass, BypassState } from "../../../src/domain/bypass/state.js";
import type { Decision } from "../../../src/domain/decisions/decision.js";
import type { BypassEvent } from "../../../src/domain/events/catalogue/catalogue.js";
import type { Entry } from "../../../src/domain/events/entries.js";
import type { Policy } from "../../../src/domain/policy/policy.js";

/** One bypass with its trail, the policy in force, and a clock that each step may move, also backwards. */
export interface World {
  policy: Policy;
  /** Epoch ms. */
  now: number;
  state: Bypass;
  entries: readonly Entry[];
}

/** The outcome of one command. */
export interface Step {
  readonly command: BypassCommand;
  /** The policy in force at the command. */
  readonly policy: Policy;
  readonly now: number;
  readonly before: BypassState;
  readonly decision: Decision;
  readonly fresh: readonly Entry[];
  readonly effects: readonly Effect[];
  readonly world: World;
}

/** Executes a command like the trail writer does, without a database. */
function execute(policy: Policy, before: BypassState, command: BypassCommand, now: number) {
  const decision = decide(policy, before, command, new Date(now));
  const version = before?.version ?? 0;
  const fresh = decision.entries.map(
    ({ event, actor, at }, index): Entry => ({ event, actor, at, version: version + index + 1 }),
  );
  return { decision, fresh, after: fresh.reduce<BypassState>(evolve, before), effects: effectsOf(before, fresh) };
}

/** Creates a world with a declaration. Throws when the declaration is refused. */
export function begin(policy: Policy, command: Extract<BypassCommand, { type: "declare" }>, now: number): Step {
  const { decision, fresh, after, effects } = execute(policy, null, command, now);
  if (after === null) throw new Error(`The declaration was refused: ${JSON.stringify(decision)}`);
  const world = { policy, now, state: after, entries: fresh };
  return { command, policy, now, before: null, decision, fresh, effects, world };
}

/** Executes one command on the bypass at the current time of the world. */
export function ask(world: World, command: BypassCommand): Step {
  const { policy, now, state: before } = world;
  const { decision, fresh, after, effects } = execute(policy, before, command, now);
  world.state = after ?? before;
  world.entries = [...world.entries, ...fresh];
  return { command, policy, now, before, decision, fresh, effects, world };
}

type EntryOf<T extends BypassEvent["type"]> = Entry<Extract<BypassEvent, { type: T }>>;

/** Returns a type guard for entries of these types. */
export const isOf =
  <T extends BypassEvent["type"]>(...types: readonly T[]) =>
  (entry: Entry): entry is EntryOf<T> =>
    types.some((type) => type === entry.event.type);

export const settlement = isOf("bypass.activated", "bypass.denied", "bypass.withdrawn", "bypass.lapsed");
export const ending = isOf("bypass.expired", "bypass.closed", "bypass.revoked");
export const isOpen = (state: Bypass): boolean => state.status === "requested" || state.status === "active";
