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
};
