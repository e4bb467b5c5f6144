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
 * Checks after every step that the recorded entries break no invariant and that the command did only what is allowed.
 * Where possible it reads the entries, not the state.
 */
export function checkInvariants(step: Step): void {
  refusalsRecordLittle(step);
  checkEffects(step);
  timersProgress(step);
  grantsEnd(step);
  if (step.fresh.length === 0) return;
  historyHolds(step);
  decisionsAreEntitled(step);
  aloneIsAllowed(step);
  lapseIsLate(step);
}

/** The new entries break no invariant, and the state is the fold of all entries. */
function historyHolds({ before, fresh, world: { state, entries } }: Step): void {
  ok(entries.every((entry, index) => entry.version === index + 1));
  equal(state.version, entries.length);
  deepStrictEqual(fold(JSON.parse(JSON.stringify(entries))), state);
  deepStrictEqual(brokenBy({ state: before, last: entries[entries.length - fresh.length - 1] ?? null }, fresh), []);
}

const ASIDE = isOf("attempt.refused", "bypass.expired", "bypass.lapsed", "review.waived");

/** A refusal records only itself and what time or the policy had ended already. */
function refusalsRecordLittle({ decision, fresh, before, world }: Step): void {
  if (fresh.length === 0) equal(world.state, before);
  if (decision.ok) ok(fresh.length > 0);
  else ok(fresh.every(ASIDE), "a refusal recorded more than itself");
}

/** Whoever decided was verified, is a member, is not the requester, and held a role that could ack at that moment. */
function decisionsAreEntitled({ command, policy, fresh, world: { state, entries } }: Step): void {
  if (!fresh.some(isOf("ack.given", "bypass.denied"))) return;
  ok("by" in command && "roles" in command.by, "a principal who could not be verified decided");
  const { by } = command;
  equal(by.accountStatus, "member");
  ok(by.user !== state.requester.user && by.person !== personOf(policy, state.requester.user));
  const raised = new Set(entries.filter(isOf("ack.escalated")).map((entry) => entry.event.step));
  const reached = state.ack.escalation.filter((step, index) => step.afterSeconds === 0 || raised.has(index));
  const mayAck = [...state.ack.roles, ...reached.map((step) => step.role)];
  ok(by.roles.some((held) => mayAck.includes(held)));
}

function aloneIsAllowed({ command, fresh, world: { state, entries } }: Step): void {
  for (const { at, actor } of fresh.filter(isOf("bypass.proceeded_alone"))) {
    const elapsed = (ms(at) - ms(state.declaredAt)) / 1000;
    ok(state.ack.aloneAfterSeconds !== null && state.ack.aloneAfterSeconds <= elapsed);
    ok(actor.kind === "person" && actor.person === state.requester.person);
    const reported = new Set(entries.filter(isOf("page.sent", "page.failed")).map((entry) => entry.event.step));
    ok(state.ack.escalation.every((step, index) => step.afterSeconds > elapsed || reported.has(index)));
    ok(command.type === "proceed_alone");
    ok(command.lastRejectedAt === null || ms(at) - ms(command.lastRejectedAt) >= 86_400_000);
  }
}

function lapseIsLate({ fresh, world: { state, entries } }: Step): void {
  for (const { event, at } of fresh.filter(isOf("bypass.lapsed"))) {
    if (event.why !== "no_ack") continue;
    ok((ms(at) - ms(state.declaredAt)) / 1000 >= state.ack.giveUpAfterSeconds);
    const steps = state.ack.escalation.filter((step) => step.afterSeconds > 0).length;
    equal(
      entries.filter(isOf("ack.escalated")).length,
      steps,
      "the request lapsed before every step of the escalation was recorded",
    );
    ok(!fresh.some(isOf("ack.escalated")), "a decision recorded both an escalation and the lapse of the request");
  }
}

/** After any command at the end of a grant or later, the bypass is no longer active. */
function grantsEnd({ before, now, world: { state } }: Step): void {
  const time = Math.max(now, before === null ? now : ms(before.lastAt));
  ok(state.status !== "active" || time < ms(state.grant.endsAt), "a grant was still active at its end");
}

/** Timers make progress: at the next due moment a tick does something, and a second tick does nothing. */
function timersProgress({ command, policy, now, fresh, world: { state } }: Step): void {
  const due = nextDueAt(state);
  equal(due === null, !isOpen(state));
  if (due !== null) ok(decide(policy, state, tick, new Date(due)).ok, "a timer is stuck");
  if (command.type !== "tick" || fresh.length === 0) return;
  equal(
    decide(policy, state, tick, new Date(now)).entries.length,
    0,
    "a second tick at the same time recorded something",
  );
}
