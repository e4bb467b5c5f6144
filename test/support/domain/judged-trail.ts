import type { BypassCommand } from "../../../src/domain/bypass/commands.js";
import { decide } from "../../../src/domain/bypass/decide/decide.js";
import { evolve } from "../../../src/domain/bypass/evolve.js";
import type { Bypass, BypassState } from "../../../src/domain/bypass/state.js";
import type { Actor } from "../../../src/domain/events/actor.js";
import { openBody, sealEntry } from "../../../src/domain/events/body.js";
import { sha256Hex } from "../../../src/domain/events/canonical.js";
import type { BypassEvent, SystemEvent, TrailEvent } from "../../../src/domain/events/catalogue/catalogue.js";
import type { NewEntry } from "../../../src/domain/events/entries.js";
import { parsePolicy } from "../../../src/domain/policy/parse.js";
import type { Policy } from "../../../src/domain/policy/policy.js";
import { createHistoryCheck } from "../../../src/domain/verify/allowed-history.js";
import type { Judged } from "../../../src/domain/verify/by-policy/judge.js";
import type { Finding } from "../../../src/domain/verify/findings.js";
import { createGateFold } from "../../../src/domain/verify/gate-projections.js";

// Trails that are judged by their policies: decided as the bot does, with entries forged between them.

/** A Monday, as the office opens. */
const START = Date.parse("2026-03-02T09:00:00.000Z");
export const minuteAt = (minute: number): string => new Date(START + minute * 60_000).toISOString();

/** Roles by ids, except that the commander's is a user group, so that only Slack can tell who holds it. */
export const IDS_POLICY = `
version: 1
alert_channel: C0INC
roles:
  engineer: { slack_users: [U0DANA] }
  lead: { slack_users: [U0LEO, U0MIA] }
  commander: { slack_usergroup: S0COMMANDERS }
people:
  dana: { slack: [U0DANA, W0DANA2] }
rights: { redact: [lead] }
gates:
  e2e: { owner: lead }
  review: { owner: lead }
  scan: { owner: lead, never_bypass: "A leaked key cannot be unleaked." }
paths:
  deploy:
    gates: [e2e, review]
    who_can_invoke: [engineer]
    who_can_ack: [lead]
    requires: [incident_id, reason, second_person_ack]
    incident_pattern: "^INC-[0-9]+$"
    on_invoke: [record_audit_event, { page: lead }]
    expires_after: 60m
    ack: { needed: 2, remind_every: 3m, escalate: [{ after: 5m, page: commander }], give_up_after: 60m, alone_after: never }
    review: { due: 2 business days, reviewer: lead }
  alone:
    gates: [e2e]
    who_can_invoke: [engineer]
    who_can_ack: [lead]
    requires: [reason, second_person_ack]
    on_invoke: [record_audit_event, { page: lead }]
    expires_after: 30m
    ack: { needed: 1, remind_every: 10m, escalate: [{ after: 5m, page: commander }], give_up_after: 40m, alone_after: 10m }
thermometer: { window: 30d, warm_at: 2, sick_at: 3, fix_within: 10 business days }
office_hours: { timezone: UTC, days: [mon, tue, wed, thu, fri], from: "09:00", to: "17:00" }
digest: { day: mon, at: "09:00", channel: C0DIGEST }
`;

const known = (user: string, roles: readonly string[], person = user) =>
  ({ kind: "person", user, person, accountStatus: "member", roles }) as const;
export const DANA = known("U0DANA", ["engineer"], "dana");
export const LEO = known("U0LEO", ["lead"]);
export const MIA = known("U0MIA", ["lead"]);
/** Holds the role of the user group. */
export const IVO = known("U0IVO", ["commander"]);
/** Holds no role by the policy. */
export const TOM = known("U0TOM", []);

const actorOf = ({ user, person }: { readonly user: string; readonly person: string }): Actor => ({
  kind: "person",
  user,
  person,
});
/** The same people as actors of entries. */
export const BY = { dana: actorOf(DANA), leo: actorOf(LEO), mia: actorOf(MIA), ivo: actorOf(IVO), tom: actorOf(TOM) };
export const SYSTEM: Actor = { kind: "system", part: "clock" };

/** A trail in the making. Its bypasses are BG-1 and so on. */
export interface JudgedTrail {
  readonly hash: string;
  /** Puts a policy on record. */
  policy(text: string, minute: number, was?: string | null): JudgedTrail;
  /** Runs a command of the bot; it must be accepted. */
  does(command: BypassCommand, minute: number, n?: number): JudgedTrail;
  /** Appends an entry that nobody decided. */
  forges(event: BypassEvent, actor: Actor, minute: number, n?: number): JudgedTrail;
  /** Appends an entry to the system's stream. */
  system(event: SystemEvent, actor: Actor, minute: number): JudgedTrail;
  /** What is found, and what was judged. */
  end(): { readonly found: readonly string[]; readonly judged: Judged };
  state(n?: number): Bypass;
}

/** Begins a trail with this policy on record. */
export function judgedTrail(text = IDS_POLICY): JudgedTrail {
  const findings: Finding[] = [];
  const check = createHistoryCheck((finding) => findings.push(finding), createGateFold());
  const states = new Map<number, BypassState>();
  const versions = new Map<number, number>();
  let seq = 0;
  let command = 0;
  let inForce = read(text);

  const append = (entry: NewEntry<TrailEvent>, n: number | null): void => {
    seq += 1;
    const version = n === null ? null : (versions.get(n) ?? 0) + 1;
    if (n !== null && version !== null) versions.set(n, version);
    const stream = n === null ? ({ kind: "system" } as const) : ({ kind: "bypass", n } as const);
    const where = { stream, version, commandId: `c${command}`, nonce: () => "00".repeat(16) };
    const { body, texts } = sealEntry(entry, where);
    check.entry({ seq, texts }, openBody(body));
  };
  const record = (entry: NewEntry, n: number): void => {
    append(entry, n);
    const version = versions.get(n) ?? 0;
    states.set(n, evolve(states.get(n) ?? null, { event: entry.event, actor: entry.actor, at: entry.at, version }));
  };

  const self: JudgedTrail = {
    hash: sha256Hex(text),
    policy: (next, minute, was = sha256Hex(text)) => {
      command += 1;
      inForce = read(next);
      const event = { type: "policy.changed", policyHash: sha256Hex(next), was } as const;
      append({ event, actor: { kind: "system", part: "policy" }, at: minuteAt(minute), texts: { policy: next } }, null);
      return self;
    },
    does: (asked, minute, n = 1) => {
      command += 1;
      const decision = decide(inForce, states.get(n) ?? null, asked, new Date(minuteAt(minute)));
      if (!decision.ok) throw new Error(`refused: ${JSON.stringify(decision.refusal)}`);
      for (const entry of decision.entries) record(entry, n);
      return self;
    },
    forges: (event, actor, minute, n = 1) => {
      command += 1;
      record({ event, actor, at: minuteAt(minute) }, n);
      return self;
    },
    system: (event, actor, minute) => {
      command += 1;
      append({ event, actor, at: minuteAt(minute) }, null);
      return self;
    },
    end: () => {
      const judged = check.finish();
      return { found: findings.map(({ message }) => message), judged };
    },
    state: (n = 1) => {
      const state = states.get(n) ?? null;
      if (state === null) throw new Error("nothing was declared");
      return state;
    },
  };
  return self.policy(text, 0, null);
}

function read(text: string): Policy {
  const parsed = parsePolicy(text, "policy");
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.errors));
  return parsed.policy;
}

const HASH = sha256Hex(IDS_POLICY);

/** Commands of these people, by the policy {@link IDS_POLICY}. */
export const COMMANDS = {
  declare: (path: "deploy" | "alone" = "deploy", target = "service:shop"): BypassCommand => ({
    type: "declare",
    by: DANA,
    drills: [],
    policyHash: HASH,
    declaration: {
      kind: "bypass",
      path,
      gates: ["e2e"],
      target,
      incident: "INC-7",
      reason: "Checkout is down.",
      duration: path === "deploy" ? "60m" : "30m",
      again: null,
    },
  }),
  approve: (by: typeof LEO | typeof MIA | typeof IVO): BypassCommand => ({
    type: "approve",
    by,
    policyHash: HASH,
    requester: "member",
  }),
  submit: (due: string): BypassCommand => ({
    type: "submit_review",
    by: LEO,
    form: {
      edition: 0,
      verdict: "justified",
      gatesAtFault: [],
      forcedBy: "flaky",
      aftermath: "passed-later",
      lesson: "Renew it weekly.",
      actions: [{ what: "Automate it.", owner: "U0TOM", due }],
    },
    reviewers: [],
    strangers: [],
  }),
};
