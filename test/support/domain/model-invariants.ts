import { expect } from "vitest";
import { decide } from "../../../src/domain/bypass/decide.js";
import { nextDueAt } from "../../../src/domain/bypass/due.js";
import type { BypassFact, Entry } from "../../../src/domain/bypass/entries.js";
import { fold } from "../../../src/domain/bypass/evolve.js";
import { rowOf } from "../../../src/domain/bypass/row.js";
import type { Bypass } from "../../../src/domain/bypass/state.js";
import { personOf } from "../../../src/domain/policy/roles.js";
import { tick } from "./commands.js";
import type { Step } from "./model-world.js";

type Told<T extends BypassFact["type"]> = Entry<Extract<BypassFact, { type: T }>>;

const isOf =
  <T extends BypassFact["type"]>(...types: readonly T[]) =>
  (entry: Entry): entry is Told<T> =>
    types.some((type) => type === entry.fact.type);

const settlement = isOf("bypass.activated", "bypass.denied", "bypass.withdrawn", "bypass.lapsed");
const ending = isOf("bypass.expired", "bypass.closed", "bypass.revoked");
const ms = (iso: string): number => Date.parse(iso);

export const isOpen = (state: Bypass): boolean => state.status === "requested" || state.status === "active";

/** What must hold after every step, told from the entries themselves and not from the state where they can tell it. */
export function checkInvariants(step: Step): void {
  history(step);
  refusalsRecordLittle(step);
  approvalsAreOthers(step);
  aloneIsEarned(step);
  lapseIsLate(step);
  nothingOutlivesItsEnd(step);
  effectsFollowEntries(step);
  timeGoesOn(step);
}

function history({ before, world: { state, entries } }: Step): void {
  expect(entries.map((entry) => entry.version)).toEqual(entries.map((_, index) => index + 1));
  expect(state.version).toBe(entries.length);
  expect(fold(JSON.parse(JSON.stringify(entries)))).toEqual(state);
  const times = entries.map((entry) => ms(entry.at));
  expect(times).toEqual([...times].sort((a, b) => a - b));
  expect(entries.filter(settlement).length).toBe(state.status === "requested" ? 0 : 1);
  expect(entries.filter(ending).length).toBe(entries.some(isOf("bypass.activated")) && !isOpen(state) ? 1 : 0);
  if (before !== null && !isOpen(before)) expect(state.status).toBe(before.status);

  expect(entries.filter(isOf("review.opened"))).toHaveLength(1);
  const neverActive = state.status !== "requested" && !entries.some(isOf("bypass.activated"));
  expect(entries.filter(isOf("review.waived"))).toHaveLength(neverActive ? 1 : 0);
  expect(rowOf(state).reviewStatus).toBe(neverActive ? "waived" : "open");
}

const ASIDE = isOf("attempt.refused", "bypass.expired", "bypass.lapsed", "review.waived");

/** A refusal changes nothing but what time or the policy had ended already. */
function refusalsRecordLittle({ decision, fresh }: Step): void {
  if (decision.ok) expect(fresh).not.toEqual([]);
  else expect(fresh.filter((entry) => !ASIDE(entry))).toEqual([]);
}

function approvalsAreOthers({ command, policy, fresh, world: { state, entries } }: Step): void {
  const acks = entries.filter(isOf("ack.given"));
  const persons = acks.map(({ actor }) => (actor.kind === "person" ? actor.person : "nobody"));
  expect(persons).not.toContain(state.requester.person);
  expect(new Set(persons).size).toBe(persons.length);
  expect(acks.map((ack) => ack.fact.count)).toEqual(acks.map((_, index) => index + 1));
  for (const { fact } of entries.filter(isOf("bypass.activated"))) {
    if (fact.approved) expect(persons).toHaveLength(state.ack.needed);
    if (!fact.approved && state.ack.needed > 0) expect(entries.some(isOf("bypass.proceeded_alone"))).toBe(true);
    expect(fact.approved && state.ack.needed === 0).toBe(false);
  }
  const decisive = fresh.filter(isOf("ack.given", "bypass.denied"));
  if (decisive.length === 0) return;
  if (!("by" in command) || !("roles" in command.by)) throw new Error("Nobody who could be verified decided.");
  const { by } = command;
  expect(by.standing).toBe("member");
  expect([state.requester.user, personOf(policy, state.requester.user)]).not.toContain(by.user);
  expect(by.person).not.toBe(personOf(policy, state.requester.user));
  const rungsPaged = [0, 1, 2, 3].filter(
    (rung) =>
      state.ack.ladder[rung]?.afterSeconds === 0 ||
      entries.some((e) => isOf("ack.escalated")(e) && e.fact.rung === rung),
  );
  const mayAck = [...state.ack.roles, ...rungsPaged.map((rung) => state.ack.ladder[rung]?.role)];
  expect(by.roles.some((held) => mayAck.includes(held))).toBe(true);
}

function aloneIsEarned({ command, fresh, world: { state, entries } }: Step): void {
  for (const { at, actor } of fresh.filter(isOf("bypass.proceeded_alone"))) {
    const elapsed = (ms(at) - ms(state.declaredAt)) / 1000;
    expect(state.ack.aloneAfterSeconds ?? Number.POSITIVE_INFINITY).toBeLessThanOrEqual(elapsed);
    expect(actor).toMatchObject({ person: state.requester.person });
    const reported = new Set(entries.filter(isOf("page.sent", "page.failed")).map((entry) => entry.fact.rung));
    state.ack.ladder.forEach((rung, index) => {
      if (rung.afterSeconds <= elapsed) expect([...reported]).toContain(index);
    });
    if (command.type !== "proceed_alone") throw new Error(`${command.type} went alone.`);
    if (command.lastDenyAt !== null) expect(ms(at) - ms(command.lastDenyAt)).toBeGreaterThanOrEqual(86_400_000);
  }
}

function lapseIsLate({ fresh, world: { state, entries } }: Step): void {
  for (const { fact, at } of fresh.filter(isOf("bypass.lapsed"))) {
    if (fact.why !== "no_ack") continue;
    expect((ms(at) - ms(state.declaredAt)) / 1000).toBeGreaterThanOrEqual(state.ack.giveUpAfterSeconds);
    const raised = entries.filter(isOf("ack.escalated"));
    expect(raised).toHaveLength(state.ack.ladder.filter((rung) => rung.afterSeconds > 0).length);
    // Whoever is paged has a moment to answer: no page goes out for a request that lapses in the same breath.
    expect(fresh.some(isOf("ack.escalated"))).toBe(false);
  }
}

/** The grant's end is told from its own entry and from the duration, never from what the state says of it. */
function nothingOutlivesItsEnd({ before, now, world: { state, entries } }: Step): void {
  for (const { at, fact } of entries.filter(isOf("bypass.activated"))) {
    expect(ms(fact.endsAt)).toBe(ms(at) + state.durationSeconds * 1000);
    const asked = Math.max(now, before === null ? now : ms(before.lastAt));
    if (asked >= ms(fact.endsAt)) expect(state.status).not.toBe("active");
    for (const end of entries.filter(isOf("bypass.closed", "bypass.revoked")))
      expect(ms(end.at)).toBeLessThan(ms(fact.endsAt));
    for (const end of entries.filter(isOf("bypass.expired")))
      expect(ms(end.at)).toBeGreaterThanOrEqual(ms(fact.endsAt));
  }
}

function effectsFollowEntries({ fresh, effects, before, world: { state } }: Step): void {
  const versions = new Set(fresh.map((entry) => entry.version));
  expect(new Set(effects.map((effect) => JSON.stringify(effect))).size).toBe(effects.length);
  for (const effect of effects) {
    if ("version" in effect) expect(versions).toContain(effect.version);
  }
  const count = (kind: string) => effects.filter((effect) => effect.kind === kind).length;
  expect(count("alert.post")).toBe(before === null ? 1 : 0);
  if (!fresh.some(isOf("bypass.declared", "ack.escalated"))) expect(count("page")).toBe(0);

  const settled = effects.filter(
    (effect) => effect.kind === "thread.post" && ["settled", "alone"].includes(effect.about),
  );
  expect(settled).toHaveLength(fresh.filter(settlement).length);
  const ended = effects.filter((effect) => effect.kind === "thread.post" && effect.about === "ended");
  expect(ended).toHaveLength(fresh.filter(ending).length);
  const asks = effects.filter((effect) => effect.kind === "dm.post" && effect.about === "ask");
  if (asks.length > 0) expect(isOpen(state)).toBe(true);
  for (const ask of asks) {
    if (ask.kind === "dm.post") expect(ask.to).not.toBe(state.requester.user);
  }
  if (before === null || !fresh.some(settlement)) return;
  const updated = new Set(effects.flatMap((effect) => (effect.kind === "message.update" ? [effect.message] : [])));
  const withButtons = [
    "alert",
    ...state.reminders.map((v) => `thread:reminder:${v}`),
    ...state.asked.map((a) => `dm:${a.user}:ask:${a.version}`),
  ];
  for (const message of withButtons) expect(updated).toContain(message);
}

/** Timers make progress: at the next due moment a tick has something to do, and right after it nothing more. */
function timeGoesOn({ command, policy, now, fresh, world: { state } }: Step): void {
  const due = nextDueAt(state);
  expect(due === null).toBe(!isOpen(state));
  if (due !== null) expect(decide(policy, state, tick, new Date(due))).toMatchObject({ ok: true });
  if (command.type === "tick" && fresh.length > 0) {
    expect(decide(policy, state, tick, new Date(now))).toMatchObject({ ok: false, entries: [] });
  }
}
