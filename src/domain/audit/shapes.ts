import { RING_DEEDS } from "../bypass/effects.js";
import type { BypassFact, RungPlan, SystemFact, TargetFact } from "../bypass/entries.js";
import { TEXT_FIELDS } from "../bypass/entries.js";
import type { Actor, Person, System } from "../bypass/people.js";
import { AFTERMATHS, FORCES, type ReviewWords, STAGES, VERDICTS } from "../review/facts.js";

/** Any fact that an entry may tell. */
export type Fact = BypassFact | SystemFact;
export type FactType = Fact["type"];

type Is<T> = (value: unknown) => value is T;
type ShapeOf<T> = { readonly [K in keyof T]-?: Is<T[K]> };

const text: Is<string> = (value) => typeof value === "string";
const whole: Is<number> = (value): value is number => typeof value === "number" && Number.isSafeInteger(value);
const flag: Is<boolean> = (value) => typeof value === "boolean";

const orNull =
  <T>(is: Is<T>): Is<T | null> =>
  (value): value is T | null =>
    value === null || is(value);

const list =
  <T>(is: Is<T>): Is<readonly T[]> =>
  (value): value is readonly T[] =>
    Array.isArray(value) && value.every(is);

const oneOf =
  <const T extends string>(...words: readonly T[]): Is<T> =>
  (value): value is T =>
    words.some((word) => word === value);

const record =
  <T extends object>(shape: ShapeOf<T>): Is<T> =>
  (value): value is T =>
    isRecord(value) && hasShape(value, shape);

/** Is it an object of JSON, and no list? */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The keys of the shape, no other, each with a value of its kind. */
function hasShape(value: Record<string, unknown>, shape: Readonly<Record<string, Is<unknown>>>): boolean {
  const keys = Object.keys(shape);
  return keys.length === Object.keys(value).length && keys.every((key) => shape[key]?.(value[key]) === true);
}

const person = record<Person>({ kind: oneOf("person"), user: text, person: text });
const system = record<System>({
  kind: oneOf("system"),
  part: oneOf("bot", "clock", "delivery", "directory", "policy"),
});

export const isActor: Is<Actor> = (value): value is Actor => person(value) || system(value);

const target = record<TargetFact>({
  kind: oneOf("github-pr", "github-commit", "service", "db", "text"),
});
const rung = record<RungPlan>({ role: text, afterSeconds: whole });
const roleAsOf = orNull(text);
const stage = oneOf(...STAGES);
const reviewWords: ShapeOf<ReviewWords> = {
  edition: whole,
  verdict: oneOf(...VERDICTS),
  gatesAtFault: list(text),
  forcedBy: oneOf(...FORCES),
  aftermath: oneOf(...AFTERMATHS),
  asApprover: flag,
  roleAsOf,
};

/**
 * The fields of every fact. A fact that the trail is to hold stands here too, or this does not compile; an entry with
 * a field more or less, or of another kind, is not read as if it were right.
 */
const SHAPES: { readonly [T in FactType]: ShapeOf<Omit<Extract<Fact, { type: T }>, "type">> } = {
  "bypass.declared": {
    kind: oneOf("bypass", "drill"),
    path: text,
    gates: list(text),
    target,
    incident: orNull(text),
    durationSeconds: whole,
    channel: text,
    policyHash: text,
    ack: record({
      needed: whole,
      remindEverySeconds: whole,
      giveUpAfterSeconds: whole,
      aloneAfterSeconds: orNull(whole),
      roles: list(text),
      ladder: list(rung),
    }),
    accounts: list(text),
    again: orNull(whole),
    roleAsOf,
  },
  "review.opened": { reviewer: text, dueAt: text },
  "review.waived": { why: oneOf("never_active") },
  "alert.posted": { channel: text, ts: text },
  "alert.failed": { code: text },
  "page.addressed": { purpose: oneOf("page", "ask"), role: text, rung: orNull(whole), users: list(text) },
  "page.sent": { rung: orNull(whole), user: text, via: text },
  "page.failed": { rung: orNull(whole), user: orNull(text), role: orNull(text), via: text, code: text },
  "pager.rung": { deed: oneOf(...RING_DEEDS), rung: orNull(whole), via: text },
  "ack.reminded": { count: whole },
  "ack.escalated": { rung: whole, role: text },
  "ack.given": { count: whole, needed: whole, accounts: list(text), policyHash: text, roleAsOf },
  "bypass.proceeded_alone": {},
  "bypass.activated": { endsAt: text, approved: flag },
  "bypass.denied": { roleAsOf },
  "bypass.withdrawn": {},
  "bypass.lapsed": { why: oneOf("no_ack", "requester_deactivated", "gate_never_bypass") },
  "grant.warned": {},
  "bypass.expired": {},
  "bypass.closed": {},
  "bypass.revoked": { why: oneOf("person", "requester_deactivated", "gate_never_bypass"), roleAsOf },
  "bypass.logged": { via: oneOf("command", "thread") },
  "attempt.refused": { action: text, code: text },
  "text.redacted": { seq: whole, field: oneOf(...TEXT_FIELDS) },
  "review.submitted": reviewWords,
  "review.amended": reviewWords,
  "review.view_added": {},
  "review.reminded": { slot: text, stage, role: text },
  "review.overdue": { slot: text },
  "review.escalated": { slot: text, role: text },
  "review.snoozed": { until: text, roleAsOf },
  "action.opened": { action: whole, owner: text, dueAt: text },
  "action.reminded": { action: whole, slot: text, stage },
  "action.overdue": { action: whole, slot: text },
  "action.snoozed": { action: whole, until: text, roleAsOf },
  "action.ended": { action: whole, outcome: oneOf("done", "dropped"), roleAsOf },
  "gate.sickened": {
    gate: text,
    item: whole,
    owner: text,
    dueAt: text,
    because: oneOf("count", "verdicts"),
    count: whole,
    reviewed: whole,
    atFault: whole,
    windowSeconds: whole,
    bypasses: list(whole),
  },
  "gate.reminded": { gate: text, item: whole, slot: text, stage, role: text },
  "gate.overdue": { gate: text, item: whole, slot: text },
  "gate.snoozed": { gate: text, item: whole, until: text, roleAsOf },
  "gate.mended": { gate: text, item: whole, how: oneOf("changed", "retired"), roleAsOf },
  "gate.recovered": { gate: text, item: whole, count: whole },
  "nudge.addressed": { slot: text, role: orNull(text), users: list(text) },
  "overdue.told": { slot: text, channel: text },
  "digest.told": { slot: text, channel: text },
  "drill.reminded": { path: text, slot: text, stage, role: text },
  "drill.overdue": { path: text, slot: text },
  "bot.started": { instance: text, release: text, policyHash: text },
  "bot.stopped": { instance: text },
  "policy.changed": { policyHash: text, was: orNull(text) },
  "policy.refused": { policyHash: text, errors: whole },
  "trail.unprotected": { reasons: list(text) },
};

const SYSTEM_ONLY: ReadonlySet<string> = new Set<SystemFact["type"]>([
  "bot.started",
  "bot.stopped",
  "policy.changed",
  "policy.refused",
  "trail.unprotected",
  "gate.sickened",
  "gate.reminded",
  "gate.overdue",
  "gate.snoozed",
  "gate.mended",
  "gate.recovered",
  "nudge.addressed",
  "overdue.told",
  "digest.told",
  "drill.reminded",
  "drill.overdue",
]);

export const isFactType = (value: unknown): value is FactType =>
  typeof value === "string" && Object.hasOwn(SHAPES, value);

/** Has it the fields of a fact of its type, each of its kind, and no other? */
export function isFact(
  value: { readonly type: FactType } & Record<string, unknown>,
): value is Fact & Record<string, unknown> {
  const { type, ...fields } = value;
  return hasShape(fields, SHAPES[type]);
}

/** May this fact stand in the stream of a bypass? The others belong to the system's. */
export const isBypassFact = (fact: Fact): fact is BypassFact => !SYSTEM_ONLY.has(fact.type);
