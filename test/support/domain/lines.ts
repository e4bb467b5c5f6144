import type { Actor, Person, System } from "../../../src/domain/events/actor.js";
import type { BypassEvent } from "../../../src/domain/events/catalogue/catalogue.js";
import type { TextField } from "../../../src/domain/events/catalogue/define.js";
import type { ReviewWords } from "../../../src/domain/events/catalogue/review.js";
import type { Policy } from "../../../src/domain/policy/policy.js";
import { accountsOf } from "../../../src/domain/policy/roles.js";
import { DECLARED_AT, since } from "./clock.js";
import { DANA, LEO } from "./people.js";
import { PATH, POLICY_HASH, samplePath, samplePolicy } from "./policies.js";

/** An entry in a test. `at` defaults to the time of the declaration, or to that of the command in an expectation. */
export interface Line {
  readonly event: BypassEvent;
  readonly actor: Actor;
  readonly at?: string;
  readonly texts?: Partial<Record<TextField, string>>;
}

type Declared = Extract<BypassEvent, { type: "bypass.declared" }>;

/** The actor of an entry, without the roles and status of a principal. */
export const actor = ({ user, person }: Pick<Person, "user" | "person">): Person => ({ kind: "person", user, person });

export function by(who: Person, event: BypassEvent, texts?: Line["texts"]): Line {
  return texts === undefined ? { event, actor: actor(who) } : { event, actor: actor(who), texts };
}

export const bySystem = (part: System["part"], event: BypassEvent): Line => ({
  event,
  actor: { kind: "system", part },
});

/** The same line, recorded that long after the declaration. */
export const at = (duration: string, line: Line): Line => ({ ...line, at: since(duration) });

export const REVIEW_DUE = "2026-03-12T16:00:00.000Z";

/** Dana's declaration on the path of the sample policy, with the ack rules of `policy`, and the opened review. */
export function declared(policy: Policy = samplePolicy, change: Partial<Declared> = {}): readonly [Line, Line] {
  const { ack, page, whoCanAck } = samplePath(policy);
  const escalation = ack.escalate.map((step) => ({ role: step.page, afterSeconds: step.afterSeconds }));
  const event: Declared = {
    type: "bypass.declared",
    kind: "bypass",
    path: PATH,
    gates: ["e2e-suite"],
    target: { kind: "github-pr" },
    accounts: accountsOf(policy, DANA.user),
    incident: "INC-7",
    durationSeconds: 3600,
    channel: "#incidents",
    policyHash: POLICY_HASH,
    ack: {
      needed: ack.needed,
      remindEverySeconds: ack.remindEverySeconds,
      giveUpAfterSeconds: ack.giveUpAfterSeconds,
      aloneAfterSeconds: ack.aloneAfterSeconds,
      roles: whoCanAck,
      escalation: page === null ? escalation : [{ role: page, afterSeconds: 0 }, ...escalation],
    },
    again: null,
    roleAsOf: null,
    ...change,
  };
  const opened = { type: "review.opened", reviewer: "on-call-lead", dueAt: REVIEW_DUE } as const;
  return [
    { ...by(DANA, event), at: DECLARED_AT },
    { ...bySystem("policy", opened), at: DECLARED_AT },
  ];
}

export const acked = (who: Person, count = 1, needed = 1): Line =>
  by(who, {
    type: "ack.given",
    count,
    needed,
    accounts: accountsOf(samplePolicy, who.user),
    policyHash: POLICY_HASH,
    roleAsOf: null,
  });

/** The grant begins. `end` is the time from the declaration to its end. */
export const activated = (who: Person, end: string, approved = true): Line =>
  by(who, { type: "bypass.activated", endsAt: since(end), approved });

export const denied = (who: Person, reason = "Not now."): Line =>
  by(who, { type: "bypass.denied", roleAsOf: null }, { reason });

export const rejectedLate = (who: Person, answer: "deny" | "revoke" = "deny", reason = "Not now."): Line =>
  by(who, { type: "bypass.rejected_late", answer, roleAsOf: null }, { reason });

export const withdrawn: Line = by(DANA, { type: "bypass.withdrawn" });
export const waived: Line = bySystem("policy", { type: "review.waived", why: "never_active" });
export const lapsed: Line = bySystem("clock", { type: "bypass.lapsed", why: "no_ack" });
export const warned: Line = bySystem("clock", { type: "grant.warned" });
export const expired: Line = bySystem("clock", { type: "bypass.expired" });
export const closed: Line = by(DANA, { type: "bypass.closed" });
export const revoked = (who: Person, reason = "Too long."): Line =>
  by(who, { type: "bypass.revoked", why: "person", roleAsOf: null }, { reason });
export const reminded = (count: number): Line => bySystem("clock", { type: "ack.reminded", count });
export const escalated = (step: number, role: string): Line => bySystem("clock", { type: "ack.escalated", step, role });
export const attempted = (who: Person, action: string, code: string): Line =>
  by(who, { type: "attempt.refused", action, code });
export const paged = (step: number | null, role: string, users: readonly string[], others = 0): Line =>
  bySystem("delivery", {
    type: "page.addressed",
    purpose: step === null ? "ask" : "page",
    role,
    step,
    users,
    others,
  });
export const pageSent = (step: number | null, user: string): Line =>
  bySystem("delivery", { type: "page.sent", step, user, via: "slack" });
export const pageFailed = (step: number | null, role: string, code = "nobody_holds_role"): Line =>
  bySystem("delivery", { type: "page.failed", step, user: null, role, via: "slack", code });

/** A submitted review, or an amended one for an edition after the first. */
export function submitted(
  who: Person,
  change: Partial<ReviewWords> = {},
  lesson = "Check the certificate weekly.",
): Line {
  const words: ReviewWords = {
    edition: 1,
    verdict: "justified",
    gatesAtFault: [],
    forcedBy: "real-emergency",
    aftermath: "passed-later",
    asApprover: false,
    roleAsOf: null,
    ...change,
  };
  const type = words.edition === 1 ? "review.submitted" : "review.amended";
  return by(who, { type, ...words }, { lesson });
}

export const actionOpened = (
  who: Person,
  action: number,
  owner: string,
  dueAt = REVIEW_DUE,
  what = "Renew it.",
): Line => by(who, { type: "action.opened", action, owner, dueAt }, { line: what });
/** An external pager accepted a trigger for this step. */
export const step = (step: number, via = "pagerduty"): Line =>
  bySystem("delivery", { type: "pager.notified", action: "trigger", step, via });

/** A bypass that Leo approved after one minute: active until 61 minutes after the declaration. */
export const approvedByLeo = (): readonly Line[] => [
  ...declared(),
  at("1m", acked(LEO)),
  at("1m", activated(LEO, "61m")),
];
