import { createHash } from "node:crypto";
import { fold } from "../../../src/domain/bypass/evolve.js";
import type { Actor } from "../../../src/domain/events/actor.js";
import type { BypassEvent } from "../../../src/domain/events/catalogue/catalogue.js";
import type { TextField } from "../../../src/domain/events/catalogue/define.js";
import { type Policy, parsePolicy } from "../../../src/domain/policy/parse.js";
import type { BypassRecord, PolicySource, ShownEntry } from "../../../src/usecases/ports/ports.js";

export const PRIYA = "U0PRIYA";
export const DANA = "U0DANA";
export const LEE = "U0LEE";

export const POLICY_TEXT = `
version: 1
alert_channel: "#incidents"
roles:
  on-call-engineer: { slack_usergroup: S0ONCALL }
  incident-commander: { slack_users: [U0DANA] }
  on-call-lead: { slack_usergroup: S0LEADS }
people:
  priya: { slack: [U0PRIYA, U0PRIYA2] }
gates:
  e2e-suite: { title: "End-to-end suite (40 min)", owner: on-call-lead }
  two-approvals: { title: "Two approvals on main", owner: on-call-lead }
paths:
  emergency_deploy:
    title: "Emergency deploy"
    incident_url: "https://incidents.example.com/{id}"
    who_can_invoke: [on-call-engineer]
    who_can_ack: [on-call-lead]
    requires: [incident_id, reason, second_person_ack]
    on_invoke: [record_audit_event, { page: on-call-lead }]
    expires_after: 60m
    ack: { needed: 1, escalate: [{ after: 5m, page: incident-commander }], alone_after: 15m }
`;

export function policyOf(text: string = POLICY_TEXT): Policy {
  const read = parsePolicy(text, "fixture.yaml");
  if (!read.ok) throw new Error(JSON.stringify(read.errors));
  return read.policy;
}

export const policySource = (policy: Policy = policyOf()): PolicySource => ({
  current: () => ({ policy, hash: "0".repeat(64) }),
});

type Texts = Partial<Record<TextField, string | null>>;
/** One step of a story: an event, its actor, minutes after the declaration, and its texts. */
export type Step = readonly [event: BypassEvent, by: string | "bot", minute: number, texts?: Texts];

const START = Date.parse("2026-06-22T14:02:11.000Z");
export const at = (minute: number): string => new Date(START + minute * 60_000).toISOString();

type Declared = Extract<BypassEvent, { type: "bypass.declared" }>;

export function declared(more: Partial<Declared> = {}): Declared {
  return {
    type: "bypass.declared",
    kind: "bypass",
    path: "emergency_deploy",
    gates: ["e2e-suite", "two-approvals"],
    target: { kind: "github-pr" },
    accounts: [PRIYA],
    incident: "INC-219",
    durationSeconds: 3600,
    channel: "#incidents",
    policyHash: "0".repeat(64),
    ack: {
      needed: 1,
      remindEverySeconds: 180,
      giveUpAfterSeconds: 1800,
      aloneAfterSeconds: 900,
      roles: ["on-call-lead"],
      escalation: [
        { role: "on-call-lead", afterSeconds: 0 },
        { role: "incident-commander", afterSeconds: 300 },
      ],
    },
    again: null,
    roleAsOf: null,
    ...more,
  };
}

export const TEXTS: Texts = {
  target_typed: "https://github.com/acme/payments-api/pull/4821",
  target_key: "github:acme/payments-api#4821",
  reason:
    "Production login is down. One-line config fix. Smoke tests pass; the 40-minute suite would extend the outage.",
};

export const opening = (more: Partial<Declared> = {}, texts: Texts = TEXTS): Step[] => [
  [declared(more), PRIYA, 0, texts],
  [{ type: "review.opened", reviewer: "on-call-lead", dueAt: "2026-06-24T15:00:00.000Z" }, "bot", 0],
];

const active = (minute: number, approved: boolean): BypassEvent => ({
  type: "bypass.activated",
  endsAt: at(minute + 60),
  approved,
});

/** Dana's ack as number `count` of `needed`. */
export const acked = (count: number, needed: number): BypassEvent => ({
  type: "ack.given",
  count,
  needed,
  accounts: [DANA],
  policyHash: "0".repeat(64),
  roleAsOf: null,
});

/** Steps that lead from the opening to each status. */
export const ENDINGS = {
  requested: [],
  active: [
    [acked(1, 1), DANA, 3],
    [active(3, true), DANA, 3],
  ],
  alone: [
    [{ type: "bypass.proceeded_alone" }, PRIYA, 16],
    [active(16, false), PRIYA, 16],
  ],
  denied: [[{ type: "bypass.denied", roleAsOf: null }, DANA, 4, { reason: "Use the feature flag instead." }]],
  withdrawn: [[{ type: "bypass.withdrawn" }, PRIYA, 4]],
  lapsed: [[{ type: "bypass.lapsed", why: "no_ack" }, "bot", 30]],
  expired: [
    [acked(1, 1), DANA, 3],
    [active(3, true), DANA, 3],
    [{ type: "grant.warned" }, "bot", 58],
    [{ type: "bypass.expired" }, "bot", 63],
  ],
  closed: [
    [acked(1, 1), DANA, 3],
    [active(3, true), DANA, 3],
    [{ type: "bypass.logged", via: "command" }, PRIYA, 9, { line: "Deployed 4821, login is back." }],
    [{ type: "bypass.closed" }, PRIYA, 12],
  ],
  revoked: [
    [acked(1, 1), DANA, 3],
    [active(3, true), DANA, 3],
    [{ type: "bypass.revoked", why: "person", roleAsOf: null }, DANA, 7, { reason: "The fix made it worse." }],
  ],
} satisfies Record<string, readonly Step[]>;

export type Ending = keyof typeof ENDINGS;

const actorOf = (by: string): Actor =>
  by === "bot" ? { kind: "system", part: "bot" } : { kind: "person", user: by, person: by === PRIYA ? "priya" : by };

/** The record after these steps, read `minutesLater` minutes after the last one. */
export function recordOf(steps: readonly Step[], n = 42, minutesLater = 1): BypassRecord {
  const entries = steps.map(
    ([event, by, minute, texts], index): ShownEntry => ({
      event,
      actor: actorOf(by),
      at: at(minute),
      version: index + 1,
      seq: 100 + index,
      head: createHash("sha256").update(String(index)).digest("hex").slice(0, 24),
      texts: texts ?? {},
    }),
  );
  const state = fold(entries);
  if (state === null) throw new Error("A story starts with a declaration.");
  return { n, state, entries, now: new Date(Date.parse(state.lastAt) + minutesLater * 60_000) };
}

export const recordIn = (ending: Ending): BypassRecord => recordOf([...opening(), ...ENDINGS[ending]]);
