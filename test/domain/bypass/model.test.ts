import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { nextDueAt } from "../../../src/domain/bypass/due.js";
import { openBody, sealEntry } from "../../../src/domain/events/body.js";
import { DECLARED_AT } from "../../support/domain/clock.js";
import { declare, tick } from "../../support/domain/commands.js";
import {
  anyCommand,
  anyMove,
  anyPolicy,
  anyPolicyChange,
  longest,
  type Making,
  type Move,
} from "../../support/domain/model-arbitraries.js";
import { checkInvariants } from "../../support/domain/model-invariants.js";
import { expectLawful } from "../../support/domain/model-judged.js";
import { ask, begin, isOpen, type Step, type World } from "../../support/domain/model-world.js";
import { withGate, withPerson } from "../../support/domain/policies.js";
import { progress, report } from "../../support/reliability/report.js";
import { dice, sizeOf } from "../../support/reliability/seed.js";

const runs = sizeOf("MODEL_RUNS", 300);
const { seed } = dice("model of the bypass");

/** What all sequences reached: a model that never reaches a state proves nothing about it. */
const seen = new Map<string, number>();
const see = (what: string): void => {
  seen.set(what, (seen.get(what) ?? 0) + 1);
};

/** The model needs no state of its own: the trail alone shows whether its properties hold. */
interface Model {
  /** What every step recorded, to be judged as a verification does. */
  readonly steps: Step[];
}

class IssuedCommand implements fc.Command<Model, World> {
  /** The command that ran, for failure reports. */
  private issued = "not reached";

  constructor(
    readonly move: Move,
    readonly making: Making,
  ) {}

  check = (): boolean => true;

  run({ steps }: Model, world: World): void {
    world.now = moved(world, this.move);
    const command = this.making(world.policy);
    this.issued = JSON.stringify(command);
    const step = ask(world, command);
    if (!step.decision.ok) see(step.decision.refusal.code);
    for (const { event } of step.fresh) see(event.type);
    checkInvariants(step);
    steps.push(step);
  }

  toString(): string {
    return `${this.move.to} ${this.move.ms} ms: ${this.issued}`;
  }
}

class PolicyChanged implements fc.Command<Model, World> {
  constructor(readonly change: "forbid" | "allow" | "regroup") {}

  check = (): boolean => true;

  run(_: Model, world: World): void {
    if (this.change === "regroup") world.policy = withPerson("new-name", ["U0MIRA", "U0NOOR"], world.policy);
    else
      world.policy = withGate("e2e-suite", { neverBypass: this.change === "forbid" ? "Never." : null }, world.policy);
  }

  toString = (): string => `the policy: ${this.change}`;
}

function moved({ now, state }: World, { to, ms }: Move): number {
  if (to === "later") return now + ms;
  const end = "grant" in state ? Date.parse(state.grant.endsAt) : now;
  const alone = Date.parse(state.declaredAt) + (state.ack.aloneAfterSeconds ?? 0) * 1000;
  return ms + { due: nextDueAt(state) ?? now, end, alone }[to];
}

/** Time alone ends every bypass, within a number of ticks that its policy bounds. */
function drain(world: World): void {
  const { ack } = world.state;
  const bound = 10 + ack.escalation.length + (2 * ack.giveUpAfterSeconds) / ack.remindEverySeconds;
  let ticks = 0;
  for (let due = nextDueAt(world.state); due !== null; due = nextDueAt(world.state)) {
    world.now = due;
    const step = ask(world, tick);
    expect(step.decision.ok).toBe(true);
    checkInvariants(step);
    ticks += 1;
    expect(ticks).toBeLessThan(bound);
  }
  expect(isOpen(world.state)).toBe(false);
}

/** Every entry survives the round trip through its body in the trail. */
function survivesTheTrail({ entries }: World): void {
  for (const entry of entries) {
    const where = { stream: { kind: "bypass", n: 42 }, version: entry.version, commandId: "model" } as const;
    const { body } = sealEntry(entry, { ...where, nonce: () => "00".repeat(16) });
    const { event, actor, at, version } = openBody(body);
    expect({ event, actor, at, version }).toEqual(entry);
  }
}

describe("For any sequence of commands, people and times", () => {
  test("every bypass satisfies its properties after every step, and ends", { timeout: 120_000 + runs * 200 }, () => {
    const issued = fc.tuple(anyMove, anyCommand).map(([move, making]) => new IssuedCommand(move, making));
    const changes = anyPolicyChange.map((change) => new PolicyChanged(change));
    const step: fc.Arbitrary<fc.Command<Model, World>> = fc.oneof(
      { weight: 15, arbitrary: issued },
      { weight: 1, arbitrary: changes },
    );
    let done = 0;
    const commands = fc.commands([step], { maxCommands: 80, size: "max" });
    fc.assert(
      fc.property(anyPolicy, commands, (policy, sequence) => {
        const first = begin(policy, declare({ duration: longest(policy) }), Date.parse(DECLARED_AT));
        checkInvariants(first);
        const { world } = first;
        const steps = [first];
        fc.modelRun(() => ({ model: { steps }, real: world }), sequence);
        expectLawful(steps);
        drain(world);
        survivesTheTrail(world);
        see(world.state.status);
        done += 1;
        if (done % 500 === 0) progress("sequences", done, runs);
      }),
      { numRuns: runs, seed },
    );
    report("model of the bypass", {
      what: "sequences of commands on the pure domain, judged by its promises",
      times: done,
      seed,
      lost: 0,
      doubled: 0,
      stuck: 0,
      slowestMs: null,
    });
  });

  test("the sequences reach every end, every way to it and every refusal", () => {
    const usual = [
      ...["denied", "withdrawn", "lapsed", "expired", "closed", "ack.given", "grant.warned", "ack.escalated"],
      ...["ack.reminded", "text.redacted", "page.failed", "bypass.logged", "self_approval", "already_approved"],
      ...["gate_never_bypass", "alone_too_early", "alone_escalation_open", "alone_after_rejection", "not_requester"],
      ...["review.submitted", "own_review", "not_over", "not_reviewer"],
    ];
    // Too rare to be certain in a short run.
    const rare = ["revoked", "bypass.proceeded_alone", "typed_wrong", "past_end", "gave_up"];
    const expected = runs >= 3_000 ? [...usual, ...rare] : runs >= 300 ? usual : [];
    expect(expected.filter((what) => !seen.has(what))).toEqual([]);
  });
});
