import { afterAll, beforeAll, expect, test } from "vitest";
import type { Fact, FactType } from "../../../src/domain/audit/shapes.js";
import { type Forge, openForge } from "./forge.js";

let forge: Forge;
beforeAll(async () => {
  forge = await openForge();
});
afterAll(() => forge.close());

test("the database knows every fact that the code knows, with its fields, and no other", async () => {
  const stored = await forge.app<{ type: FactType; stream: string; fields: string[] }[]>`
    SELECT type, stream, fields FROM breakglass.fact_types`;
  const known = Object.fromEntries(stored.map(({ type, fields }) => [type, fields.join()]));
  expect(known).toEqual(
    Object.fromEntries(Object.entries(FIELDS).map(([type, names]) => [type, [...names].sort().join()])),
  );
});

const REVIEW_WORDS = ["edition", "verdict", "gatesAtFault", "forcedBy", "aftermath", "asApprover", "roleAsOf"] as const;

/** By type, so that a fact or a field that is new does not compile until it stands here. */
const FIELDS: { readonly [T in FactType]: readonly (keyof Omit<Extract<Fact, { type: T }>, "type">)[] } = {
  "bypass.declared": [
    "accounts",
    "ack",
    "again",
    "channel",
    "durationSeconds",
    "gates",
    "incident",
    "kind",
    "path",
    "policyHash",
    "roleAsOf",
    "target",
  ],
  "review.opened": ["dueAt", "reviewer"],
  "review.waived": ["why"],
  "alert.posted": ["channel", "ts"],
  "alert.failed": ["code"],
  "page.addressed": ["purpose", "role", "rung", "users"],
  "page.sent": ["rung", "user", "via"],
  "page.failed": ["code", "role", "rung", "user", "via"],
  "ack.reminded": ["count"],
  "ack.escalated": ["role", "rung"],
  "ack.given": ["accounts", "count", "needed", "policyHash", "roleAsOf"],
  "bypass.proceeded_alone": [],
  "bypass.activated": ["approved", "endsAt"],
  "bypass.denied": ["roleAsOf"],
  "bypass.withdrawn": [],
  "bypass.lapsed": ["why"],
  "grant.warned": [],
  "bypass.expired": [],
  "bypass.closed": [],
  "bypass.revoked": ["roleAsOf", "why"],
  "bypass.logged": ["via"],
  "attempt.refused": ["action", "code"],
  "text.redacted": ["field", "seq"],
  "bot.started": ["instance", "policyHash", "release"],
  "bot.stopped": ["instance"],
  "policy.changed": ["policyHash", "was"],
  "policy.refused": ["errors", "policyHash"],
  "trail.unprotected": ["reasons"],
  "pager.rung": ["deed", "rung", "via"],
  "review.submitted": REVIEW_WORDS,
  "review.amended": REVIEW_WORDS,
  "review.view_added": [],
  "review.reminded": ["slot", "stage", "role"],
  "review.overdue": ["slot"],
  "review.escalated": ["slot", "role"],
  "review.snoozed": ["until", "roleAsOf"],
  "action.opened": ["action", "owner", "dueAt"],
  "action.reminded": ["action", "slot", "stage"],
  "action.overdue": ["action", "slot"],
  "action.snoozed": ["action", "until", "roleAsOf"],
  "action.ended": ["action", "outcome", "roleAsOf"],
  "gate.sickened": [
    "gate",
    "item",
    "owner",
    "dueAt",
    "because",
    "count",
    "reviewed",
    "atFault",
    "windowSeconds",
    "bypasses",
  ],
  "gate.reminded": ["gate", "item", "slot", "stage", "role"],
  "gate.overdue": ["gate", "item", "slot"],
  "gate.snoozed": ["gate", "item", "until", "roleAsOf"],
  "gate.mended": ["gate", "item", "how", "roleAsOf"],
  "gate.recovered": ["gate", "item", "count"],
  "nudge.addressed": ["slot", "role", "users"],
  "overdue.told": ["slot", "channel"],
  "digest.told": ["slot", "channel"],
  "drill.reminded": ["path", "slot", "stage", "role"],
  "drill.overdue": ["path", "slot"],
};
