import { deepStrictEqual, equal, ok } from "node:assert/strict";
import { decide } from "../../../src/domain/bypass/decide/decide.js";
import { nextDueAt } from "../../../src/domain/bypass/due.js";
import type { BypassFact, Entry } from "../../../src/domain/bypass/entries.js";
import { fold } from "../../../src/domain/bypass/evolve.js";
import { rowOf } from "../../../src/domain/bypass/row.js";
import type { Bypass } from "../../../src/domain/bypass/state.js";
import { personOf } from "../../../src/domain/policy/roles.js";
import { tick } from "./commands.js";
import { checkEffects } from "./model-effects.js";
import { ending, isOf, isOpen, type Step, settlement } from "./model-world.js";

const ms = (iso: string): number => Date.parse(iso);

/** What must hold after every step, told from the entries themselves and not from the state where they can tell it. */
export function checkInvariants(step: Step): void {
  refusalsRecordLittle(step);
  nothingOutlivesItsEnd(step);
  checkEffects(step);
  timeGoesOn(step);
  if (step.fresh.length === 0) return;
  history(step);
  attemptsAreKeptOnce(step);
  approvalsAreOthers(step);
  decisionsAreEntitled(step);
  aloneIsEarned(step);
  lapseIsLate(step);
}

function history({ before, world: { state, entries } }: Step): void {
  ok(entries.every((entry, index) => entry.version === index + 1));
  equal(state.version, entries.length);
  deepStrictEqual(fold(JSON.parse(JSON.stringify(entries))), state);
  ok(entries.every((entry, index) => index === 0 || ms(entry.at) >= ms(entries[index - 1]?.at ?? "")));
  const wasActive = entries.some(isOf("bypass.activated"));
  equal(entries.filter(settlement).length, state.status === "requested" ? 0 : 1, "a bypass is settled once");
  equal(entries.filter(ending).length, wasActive && !isOpen(state) ? 1 : 0, "a grant ends once");
  if (before !== null && !isOpen(before)) equal(state.status, before.status, "what is over stays as it ended");

  const neverActive = state.status !== "requested" && !wasActive;
  equal(entries.filter(isOf("review.opened")).length, 1);
  equal(entries.filter(isOf("review.waived")).length, neverActive ? 1 : 0);
  const editions = entries.filter(isOf("review.submitted", "review.amended"));
  equal(rowOf(state).reviewStatus, neverActive ? "waived" : editions.length > 0 ? "submitted" : "open");
  reviewsAreOthers(state, editions);
}

/** A review comes after the end, edition by edition, and never from the requester's person; an approver's is marked. */
function reviewsAreOthers(state: Bypass, editions: readonly Entry<BypassFact>[]): void {
  if (editions.length > 0) ok("endedAt" in state, "a review before the end");
  const approvers = new Set(state.approvals.flatMap(({ user, person, accounts }) => [user, person, ...accounts]));
  for (const [index, { fact, actor }] of editions.entries()) {
    ok(fact.type === "review.submitted" || fact.type === "review.amended");
    equal(fact.edition, index + 1);
    ok(actor.kind === "person" && !state.accounts.includes(actor.user) && actor.person !== state.requester.person);
    if (approvers.has(actor.user) || approvers.has(actor.person))
      ok(fact.asApprover, "an approver's review is not marked");
  }
}

const ASIDE = isOf("attempt.refused", "bypass.expired", "bypass.lapsed", "review.waived");

/** A refusal changes nothing but what time or the policy had ended already. */
function refusalsRecordLittle({ decision, fresh, before, world }: Step): void {
  if (fresh.length === 0) equal(world.state, before);
  if (decision.ok) ok(fresh.length > 0);
  else ok(fresh.every(ASIDE), "a refusal recorded more than itself");
}

function approvalsAreOthers({ world: { state, entries } }: Step): void {
  const acks = entries.filter(isOf("ack.given"));
  const persons = acks.map(({ actor }) => (actor.kind === "person" ? actor.person : "nobody"));
  ok(!persons.includes(state.requester.person), "the requester's person approved");
  equal(new Set(persons).size, persons.length, "a person approved twice");
  ok(acks.every((ack, index) => ack.fact.count === index + 1));
  for (const { fact } of entries.filter(isOf("bypass.activated"))) {
    if (fact.approved) equal(persons.length, Math.max(1, state.ack.needed));
    else ok(state.ack.needed === 0 || entries.some(isOf("bypass.proceeded_alone")));
  }
}

/** The first attempt of a kind by an account is put on record, and no other: a crowd of clicks does not fill the trail. */
function attemptsAreKeptOnce({ world: { entries } }: Step): void {
  const attempts = entries.filter(isOf("attempt.refused")).map(({ actor, fact }) => JSON.stringify([actor, fact]));
  equal(new Set(attempts).size, attempts.length);
}

/** Whoever decided could be verified, is a member, is not the requester and held a role that might ack just then. */
function decisionsAreEntitled({ command, policy, fresh, world: { state, entries } }: Step): void {
  if (!fresh.some(isOf("ack.given", "bypass.denied"))) return;
  ok("by" in command && "roles" in command.by, "nobody who could be verified decided");
  const { by } = command;
  equal(by.standing, "member");
  ok(by.user !== state.requester.user && by.person !== personOf(policy, state.requester.user));
  const raised = new Set(entries.filter(isOf("ack.escalated")).map((entry) => entry.fact.rung));
  const climbed = state.ack.ladder.filter((rung, index) => rung.afterSeconds === 0 || raised.has(index));
  const mayAck = [...state.ack.roles, ...climbed.map((rung) => rung.role)];
  ok(by.roles.some((held) => mayAck.includes(held)));
}

function aloneIsEarned({ command, fresh, world: { state, entries } }: Step): void {
  for (const { at, actor } of fresh.filter(isOf("bypass.proceeded_alone"))) {
    const elapsed = (ms(at) - ms(state.declaredAt)) / 1000;
    ok(state.ack.aloneAfterSeconds !== null && state.ack.aloneAfterSeconds <= elapsed);
    ok(actor.kind === "person" && actor.person === state.requester.person);
    const reported = new Set(entries.filter(isOf("page.sent", "page.failed")).map((entry) => entry.fact.rung));
    ok(state.ack.ladder.every((rung, index) => rung.afterSeconds > elapsed || reported.has(index)));
    ok(command.type === "proceed_alone");
    ok(command.lastDenyAt === null || ms(at) - ms(command.lastDenyAt) >= 86_400_000);
  }
}

function lapseIsLate({ fresh, world: { state, entries } }: Step): void {
  for (const { fact, at } of fresh.filter(isOf("bypass.lapsed"))) {
    if (fact.why !== "no_ack") continue;
    ok((ms(at) - ms(state.declaredAt)) / 1000 >= state.ack.giveUpAfterSeconds);
    const toRaise = state.ack.ladder.filter((rung) => rung.afterSeconds > 0).length;
    equal(entries.filter(isOf("ack.escalated")).length, toRaise, "it lapsed before the ladder was climbed");
    ok(!fresh.some(isOf("ack.escalated")), "a rung was raised for a request that lapsed in the same breath");
  }
}

/** The grant's end is told from its own entry and from the duration, never from what the state says of it. */
function nothingOutlivesItsEnd({ before, now, world: { state, entries } }: Step): void {
  for (const { at, fact } of entries.filter(isOf("bypass.activated"))) {
    const end = ms(at) + state.durationSeconds * 1000;
    equal(ms(fact.endsAt), end);
    const asked = Math.max(now, before === null ? now : ms(before.lastAt));
    ok(asked < end || state.status !== "active", "a grant was still active at its end");
    ok(entries.filter(isOf("bypass.closed", "bypass.revoked")).every((entry) => ms(entry.at) < end));
    ok(entries.filter(isOf("bypass.expired")).every((entry) => ms(entry.at) >= end));
  }
}

/** Timers make progress: at the next due moment a tick has something to do, and right after it nothing more. */
function timeGoesOn({ command, policy, now, fresh, world: { state } }: Step): void {
  const due = nextDueAt(state);
  equal(due === null, !isOpen(state));
  if (due !== null) ok(decide(policy, state, tick, new Date(due)).ok, "a timer is stuck");
  if (command.type !== "tick" || fresh.length === 0) return;
  equal(decide(policy, state, tick, new Date(now)).entries.length, 0, "the same tick twice did something twice");
}
