import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CAST } from "../../demo/cast.js";
import { type DemoEnvironment, openDemoEnvironment } from "../../demo/environment.js";
import { DEMO_POLICY } from "../../demo/policy.js";
import { silentLog } from "../../src/lib/logger.js";
import { type PolicyOnDisk, policyOnDisk } from "../support/journey/policies.js";
import { createTestDatabase, type TestDatabase } from "../support/postgres.js";
import { type ClaimGate, openClaimGate } from "../support/reliability/claim-gate.js";
import { alertsOf, declare } from "../support/reliability/people.js";
import { openTrail } from "../support/reliability/trail.js";

let database: TestDatabase;
let gate: ClaimGate;
let policy: PolicyOnDisk;
let environment: DemoEnvironment;

beforeAll(async () => {
  [database, policy] = await Promise.all([createTestDatabase(), policyOnDisk(DEMO_POLICY)]);
  gate = await openClaimGate(database.appUrl);
  const { adminUrl, jobsUrl } = database;
  environment = await openDemoEnvironment({
    databaseUrl: gate.url,
    adminUrl,
    jobsUrl,
    policyFile: policy.file,
    // Neither the sweep nor the lease of half a minute is to help.
    overrides: { log: silentLog, sweepEveryMs: 600_000 },
  });
});
afterAll(async () => {
  await environment?.close();
  await gate?.close();
  await database?.drop();
  await policy?.remove();
});

describe("A claim whose answer never comes", () => {
  test("meets itself when it is tried again: the alert is posted once, as the first attempt, and not late", async () => {
    const { slack } = environment;
    const claimed = gate.holdNextAnswer();
    const { target } = await declare(slack, CAST.priya);
    await claimed;
    const from = performance.now();
    await slack.until(() => alertsOf(slack, target).at(0), "the alert", 20_000);
    expect(performance.now() - from).toBeLessThan(10_000);
    expect(alertsOf(slack, target)).toHaveLength(1);
    const trail = openTrail(database.adminUrl);
    const rows = await trail.sql`
      SELECT attempts FROM breakglass.outbox WHERE effect ->> 'kind' = 'alert.post'`;
    await trail.close();
    expect([...rows]).toEqual([{ attempts: 1 }]);
  });
});
