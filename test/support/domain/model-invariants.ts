import { deepStrictEqual, equal, ok } from "node:assert/strict";
import { decide } from "../../../src/domain/bypass/decide/decide.js";
import { nextDueAt } from "../../../src/domain/bypass/due.js";
import { fold } from "../../../src/domain/bypass/evolve.js";
import { personOf } from "../../../src/domain/policy/roles.js";
import { brokenBy } from "./broken.js";
import { tick } from "./commands.js";
import { checkEffects } from "./model-effects.js";
import { isOf, isOpen, type Step } from "./model-world.js";

const ms = (iso: string): number => Date.parse(iso);

/**
 * What must hold after every step: what is recorded breaks no invariant of a history, and, told from the entries and not
 * from the state where they can tell it, each command did what it may.
 */
export function checkInvariants(step: Step): void {
  refusalsRecordLittle(step);
  checkEffects(step);
  timeGoesOn(step);
  nothingOutlivesItsEnd(step);
  if (step.fresh.length === 0) return;
  history(step);
  decisionsAreEntitled(step);
  aloneIsEarned(step);
  lapseIsLate(step);
}

/** The new entries break nothing, and the state is the fold of all of them. */
function history({ before, fresh, world: { state, entries } }: Step): void {
  ok(entries.every((entry, index) => entry.version === index + 1));
  equal(state.version, entries.length);
  deepStrictEqual(fold(JSON.parse(JSON.stringify(entries))), state);
  deepStrictEqual(brokenBy({ state: before, last: entries[entries.length - fresh.length - 1] ?? null }, fresh), []);
}

const ASIDE = isOf("attempt.refused", "bypass.expired", "bypass.lapsed", "review.waived");

/** A refusal changes nothing but what time or the policy had ended already. */
function refusalsRecordLittle({ decision, fresh, before, world }: Step): void {
  if (fresh.length === 0) equal(world.state, before);
  if (decision.ok) ok(fresh.length > 0);
  else ok(fresh.every(ASIDE), "a refusal recorded more than itself");
}

/** Whoever decided could be verified, is a member, is not the requester and held a role that might ack just then. */
function decisionsAreEntitled({ command, policy, fresh, world: { state, entries } }: Step): void {
  if (!fresh.some(isOf("ack.given", "bypass.denied"))) return;
  ok("by" in command && "roles" in command.by, "nobody who could be verified decided");
  const { by } = command;
  equal(by.accountStatus, "member");
  ok(by.user !== state.requester.user && by.person !== personOf(policy, state.requester.user));
  const raised = new Set(entries.filter(isOf("ack.escalated")).map((entry) => entry.event.step));
  const climbed = state.ack.escalation.filter((step, index) => step.afterSeconds === 0 || raised.has(index));
  const mayAck = [...state.ack.roles, ...climbed.map((step) => step.role)];
  ok(by.roles.some((held) => mayAck.includes(held)));
}

function aloneIsEarned({ command, fresh, world: { state, entries } }: Step): void {
  for (const { at, actor } of fresh.filter(isOf("bypass.proceeded_alone"))) {
    const elapsed = (ms(at) - ms(state.declaredAt)) / 1000;
    ok(state.ack.aloneAfterSeconds !== null && state.ack.aloneAfterSeconds <= elapsed);
    ok(actor.kind === "person" && actor.person === state.requester.person);
    const reported = new Set(entries.filter(isOf("page.sent", "page.failed")).map((entry) => entry.event.step));
    ok(state.ack.escalation.every((step, index) => step.afterSeconds > elapsed || reported.has(index)));
    ok(command.type === "proceed_alone");
    ok(command.lastDenyAt === null || ms(at) - ms(command.lastDenyAt) >= 86_400_000);
  }
}

function lapseIsLate({ fresh, world: { state, entries } }: Step): void {
  for (const { event, at } of fresh.filter(isOf("bypass.lapsed"))) {
    if (event.why !== "no_ack") continue;
    ok((ms(at) - ms(state.declaredAt)) / 1000 >= state.ack.giveUpAfterSeconds);
    const toRaise = state.ack.escalation.filter((step) => step.afterSeconds > 0).length;
    equal(entries.filter(isOf("ack.escalated")).length, toRaise, "it lapsed before the escalation was climbed");
    ok(!fresh.some(isOf("ack.escalated")), "a step was raised for a request that lapsed in the same breath");
  }
}

/** Whatever is asked at the end of a grant, or later, the grant is over by then. */
function nothingOutlivesItsEnd({ before, now, world: { state } }: Step): void {
  const asked = Math.max(now, before === null ? now : ms(before.lastAt));
  ok(state.status !== "active" || asked < ms(state.grant.endsAt), "a grant was still active at its end");
}

/** Timers make progress: at the next due moment a tick has something to do, and right after it nothing more. */
function timeGoesOn({ command, policy, now, fresh, world: { state } }: Step): void {
  const due = nextDueAt(state);
  equal(due === null, !isOpen(state));
  if (due !== null) ok(decide(policy, state, tick, new Date(due)).ok, "a timer is stuck");
  if (command.type !== "tick" || fresh.length === 0) return;
  equal(decide(policy, state, tick, new Date(now)).entries.length, 0, "the same tick twice did something twice");
}
