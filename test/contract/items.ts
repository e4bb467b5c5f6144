import type { Effect } from "../../src/domain/bypass/effects.js";
import { effectsOf } from "../../src/domain/bypass/effects-of.js";
import { evolve } from "../../src/domain/bypass/evolve.js";
import { rowOf } from "../../src/domain/bypass/row.js";
import type { BypassState } from "../../src/domain/bypass/state.js";
import { dueAt } from "../../src/domain/calendar/deadlines.js";
import type { Actor, Person } from "../../src/domain/events/actor.js";
import { sealEntry } from "../../src/domain/events/body.js";
import { sha256Hex } from "../../src/domain/events/canonical.js";
import type { BypassEvent, SystemEvent } from "../../src/domain/events/catalogue/catalogue.js";
import type { Entry, NewEntry } from "../../src/domain/events/entries.js";
import { noticesOf } from "../../src/domain/notices/notices-of.js";
import { parsePolicy } from "../../src/domain/policy/parse.js";
import { atMostAWeekAhead, isFollowedUp } from "../../src/domain/review/follow-up.js";
import type { CommitItem, CommitResult, Ledger } from "../../src/usecases/ports/ports.js";

export const DANA: Person = { kind: "person", user: "U0DANA", person: "dana" };
/** Dana's other account. */
export const DANA2: Person = { kind: "person", user: "W0DANA2", person: "dana" };
export const LEO: Person = { kind: "person", user: "U0LEO", person: "leo" };
export const MIA: Person = { kind: "person", user: "U0MIA", person: "mia" };
export const CLOCK: Actor = { kind: "system", part: "clock" };

const BEGINNING = Date.now();
/** The time of every entry here. The ledger refuses entries that are far from now. */
export const AT = new Date(BEGINNING).toISOString();
/** The time `seconds` after `AT`. */
export const later = (seconds: number): string => new Date(BEGINNING + seconds * 1000).toISOString();
const DURATION_SECONDS = 3600;
export const ENDS = later(DURATION_SECONDS);

type Fresh = NewEntry<BypassEvent>;
type Declared = Extract<BypassEvent, { type: "bypass.declared" }>;

/** The policy of every declaration and approval here. Record it where a verification is to judge by it. */
export const POLICY = `
version: 1
alert_channel: C0INC
roles:
  on-call-engineer: { slack_users: [U0DANA] }
  on-call-lead: { slack_users: [U0LEO, U0MIA] }
people:
  dana: { slack: [U0DANA, W0DANA2] }
  leo: { slack: [U0LEO] }
  mia: { slack: [U0MIA] }
rights: { redact: [on-call-lead] }
gates:
  e2e-suite: { owner: on-call-lead }
paths:
  emergency_deploy:
    who_can_invoke: [on-call-engineer]
    who_can_ack: [on-call-lead]
    requires: [incident_id, reason, second_person_ack]
    on_invoke: [record_audit_event, { page: on-call-lead }]
    expires_after: 60m
    ack: { needed: 2, remind_every: 3m, escalate: [], give_up_after: 30m, alone_after: never }
`;
export const POLICY_HASH = sha256Hex(POLICY);
const PARSED = parsePolicy(POLICY, "breakglass.yaml");
if (!PARSED.ok) throw new Error(JSON.stringify(PARSED.errors));
const REVIEW_DUE_AT = dueAt(new Date(AT), { unit: "businessDays", count: 2 }, PARSED.policy.officeHours).toISOString();

let nonces = 0;
/** A new nonce for each call, the same sequence in each run. */
export const nonce = (): string => (++nonces).toString(16).padStart(32, "0");

let ids = 0;
export const newId = (what: string): string => `${what}-${++ids}`;

export function declaration(over: Partial<Declared> = {}, texts: Fresh["texts"] = { reason: "prod is down" }): Fresh[] {
  const event: Declared = {
    type: "bypass.declared",
    kind: "bypass",
    path: "emergency_deploy",
    gates: ["e2e-suite"],
    target: { kind: "service" },
    accounts: [DANA.user, DANA2.user],
    incident: "INC-7",
    durationSeconds: DURATION_SECONDS,
    channel: "C0INC",
    policyHash: POLICY_HASH,
    ack: {
      needed: 2,
      remindEverySeconds: 180,
      giveUpAfterSeconds: 1800,
      aloneAfterSeconds: null,
      roles: ["on-call-lead"],
      escalation: [{ role: "on-call-lead", afterSeconds: 0 }],
    },
    again: null,
    roleAsOf: null,
    ...over,
  };
  return [
    { event, actor: DANA, at: AT, ...(texts === undefined ? {} : { texts }) },
    {
      event: { type: "review.opened", reviewer: "on-call-lead", dueAt: REVIEW_DUE_AT },
      actor: { kind: "system", part: "policy" },
      at: AT,
    },
  ];
}

export const fresh = (event: BypassEvent, actor: Actor = LEO, texts: Fresh["texts"] = {}): Fresh => ({
  event,
  actor,
  at: AT,
  texts,
});

export const approval = (actor: Actor = LEO, count = 1): Fresh =>
  fresh(
    {
      type: "ack.given",
      count,
      needed: 2,
      accounts: actor.kind === "person" ? [actor.user] : [],
      policyHash: POLICY_HASH,
      roleAsOf: null,
    },
    actor,
  );
/** The actor is the person who gave the last approval needed. */
export const activation = (actor: Actor = MIA, approved = true): Fresh =>
  fresh({ type: "bypass.activated", endsAt: ENDS, approved }, actor);
export const denial = (reason = "not now"): Fresh => fresh({ type: "bypass.denied", roleAsOf: null }, LEO, { reason });
/** The entry that a denial, a withdrawal or a lapse also records. */
export const waiver = (): Fresh =>
  fresh({ type: "review.waived", why: "never_active" }, { kind: "system", part: "policy" });
export const withdrawal = (): Fresh => fresh({ type: "bypass.withdrawn" }, DANA);
export const logLine = (line: string): Fresh => fresh({ type: "bypass.logged", via: "command" }, DANA, { line });

export interface Change {
  readonly n: number | null;
  readonly state: BypassState;
  readonly entries: readonly Fresh[];
  readonly commandId?: string;
  readonly effects?: readonly Effect[];
}

/** The commit of these entries on a state, as `handle-command` builds it. */
export function itemOf({ n, state, entries, commandId = newId("command"), effects }: Change): CommitItem {
  const version = state?.version ?? 0;
  const stream = { kind: "bypass", n } as const;
  const numbered = entries.map(
    ({ event, actor, at }, index): Entry => ({ event, actor, at, version: version + index + 1 }),
  );
  const stateAfter = numbered.reduce<BypassState>(evolve, state);
  return {
    commandId,
    stream,
    expectedVersion: version,
    entries: entries.map((entry, index) =>
      sealEntry(entry, { stream, version: version + index + 1, commandId, nonce }),
    ),
    nextDueAt: stateAfter === null ? null : rowOf(stateAfter).nextDueAt,
    followUpAt: stateAfter !== null && isFollowedUp(stateAfter) ? atMostAWeekAhead(null, AT) : null,
    effects: effects ?? effectsOf(state, numbered),
  };
}

export const declareItem = (
  commandId = newId("declare"),
  entries = declaration(),
  effects: readonly Effect[] = effectsOf(
    null,
    entries.map((entry, index) => ({ ...entry, version: index + 1 })),
  ),
) => itemOf({ n: null, state: null, entries, commandId, effects });

export function systemItem(
  event: SystemEvent,
  texts: Fresh["texts"] = {},
  commandId = newId("system"),
  actor: Actor = { kind: "system", part: "bot" },
): CommitItem {
  const stream = { kind: "system" } as const;
  const entry = { event, actor, at: AT, texts } as const;
  const sealed = sealEntry<SystemEvent>(entry, { stream, version: null, commandId, nonce });
  return {
    commandId,
    stream,
    expectedVersion: 0,
    entries: [sealed],
    nextDueAt: null,
    followUpAt: null,
    effects: noticesOf(event),
  };
}

/** A policy change with the hash of its text, which the commit checks. */
export const policyChanged = (policy: string, was: string | null = null): CommitItem =>
  systemItem({ type: "policy.changed", policyHash: sha256Hex(policy), was }, { policy });

export type Committed = Extract<CommitResult, { ok: true }>;

/** The result of a commit that must have succeeded. */
export function taken(result: CommitResult): Committed {
  if (!result.ok) throw new Error(`refused: ${result.why} ${result.detail ?? ""}`);
  return result;
}

/** The state of a bypass, folded from the ledger. */
export async function stateOf(ledger: Ledger, n: number): Promise<BypassState> {
  const { entries } = await ledger.load(n);
  return entries.reduce<BypassState>(evolve, null);
}

/** Commits these entries on the current state. */
export async function change(ledger: Ledger, n: number, ...entries: readonly Fresh[]): Promise<CommitResult> {
  return ledger.commit(itemOf({ n, state: await stateOf(ledger, n), entries }));
}

/** Declares a bypass and returns its number. */
export async function declare(ledger: Ledger, entries = declaration(), effects?: readonly Effect[]): Promise<number> {
  const { n } = taken(await ledger.commit(declareItem(newId("declare"), entries, effects)));
  if (n === null) throw new Error("a bypass without a number");
  return n;
}
