import { describe, expect, it } from "vitest";
import { type HealthChecks, readinessOf } from "../../src/http/readiness.js";

const NOW = Date.parse("2026-06-22T14:00:00.000Z");

const healthy: HealthChecks = {
  databaseNow: async () => new Date(NOW),
  now: () => NOW,
  slackAnswers: async () => true,
  queue: () => ({ up: true, mayEvict: false }),
  trailProtected: true,
  trailBehind: () => false,
  policyTrouble: () => false,
  policyDiffers: async () => false,
  alertsMissing: async () => false,
  unknownIds: () => [],
  schedules: async () => [],
  failingPagers: () => [],
};

describe("readinessOf", () => {
  it("is empty when everything works", async () => {
    expect(await readinessOf(healthy)).toEqual({ down: [], degraded: [] });
  });

  it("is down only when nothing can be recorded", async () => {
    const unreachable = () => Promise.reject(new Error("unreachable"));
    expect(await readinessOf({ ...healthy, databaseNow: unreachable, policyDiffers: unreachable })).toEqual({
      down: ["postgres"],
      degraded: [],
    });
  });

  it.each<[string, Partial<HealthChecks>]>([
    ["slack", { slackAnswers: async () => false }],
    ["queue", { queue: () => ({ up: false, mayEvict: false }) }],
    ["redis_may_evict", { queue: () => ({ up: true, mayEvict: true }) }],
    ["policy_file", { policyTrouble: () => true }],
    ["policy_differs", { policyDiffers: async () => true }],
    ["alerts_not_posted", { alertsMissing: async () => true }],
    ["clock_off", { now: () => NOW + 2_001 }],
    ["clock_off", { now: () => NOW - 2_001 }],
    ["trail_behind", { trailBehind: () => true }],
    ["trail_unprotected", { trailProtected: false }],
    ["pagers: pagerduty", { failingPagers: () => ["pagerduty"] }],
    ["on_call_unbound: PUSER9", { schedules: async () => ["on_call_unbound: PUSER9"] }],
    ["schedules_unread", { schedules: () => Promise.reject(new Error("unreachable")) }],
    ["unknown_ids: S0GONE U0GONE", { unknownIds: () => ["S0GONE", "U0GONE"] }],
  ])("reports %s as degraded, not as down", async (name, change) => {
    expect(await readinessOf({ ...healthy, ...change })).toEqual({ down: [], degraded: [name] });
  });

  it("accepts a clock that is up to two seconds off", async () => {
    expect(await readinessOf({ ...healthy, now: () => NOW + 2_000 })).toEqual({ down: [], degraded: [] });
  });
});
