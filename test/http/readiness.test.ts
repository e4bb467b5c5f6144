import { describe, expect, it } from "vitest";
import { type HealthChecks, readinessOf } from "../../src/http/readiness.js";

const NOW = Date.parse("2026-06-22T14:00:00.000Z");

const healthy: HealthChecks = {
  canRecord: async () => ({ now: new Date(NOW) }),
  now: () => NOW,
  slackRefuses: () => [],
  slackAnswers: async () => true,
  queue: () => ({ up: true, mayEvict: false, detail: "up", refusal: null }),
  trailProtected: true,
  databaseIntact: true,
  trailBehind: () => false,
  policyTrouble: () => false,
  policyDiffers: async () => false,
  alertsMissing: async () => false,
  channelsWithoutBot: async () => [],
  unknownIds: () => [],
  schedules: async () => [],
  ciKeys: () => [],
  failingPagers: () => [],
  failingWebhooks: () => [],
  webhooksWithoutSecret: () => [],
  outbound: () => [],
  heartbeatMissed: () => false,
  maintenanceStuck: () => [],
};

describe("readinessOf", () => {
  it("is empty when everything works", async () => {
    expect(await readinessOf(healthy)).toEqual({ down: [], degraded: [] });
  });

  it("is down only when nothing can be recorded", async () => {
    const unreachable = () => Promise.reject(new Error("unreachable"));
    expect(await readinessOf({ ...healthy, canRecord: unreachable, policyDiffers: unreachable })).toEqual({
      down: ["postgres"],
      degraded: [],
    });
  });

  it("names why nothing can be recorded", async () => {
    const canRecord = async () => ({ trouble: "postgres_read_only" as const });
    expect(await readinessOf({ ...healthy, canRecord })).toEqual({ down: ["postgres_read_only"], degraded: [] });
  });

  it.each<[string, Partial<HealthChecks>]>([
    ["slack", { slackAnswers: async () => false }],
    ["queue", { queue: () => ({ up: false, mayEvict: false, detail: "down", refusal: null }) }],
    [
      "queue_needs_direct_connection",
      { queue: () => ({ up: false, mayEvict: false, detail: "no_queue", refusal: null }) },
    ],
    ["redis_may_evict", { queue: () => ({ up: true, mayEvict: true, detail: "up", refusal: null }) }],
    ["policy_file", { policyTrouble: () => true }],
    ["policy_differs", { policyDiffers: async () => true }],
    ["alerts_not_posted", { alertsMissing: async () => true }],
    ["not_in_channel: #incidents", { channelsWithoutBot: async () => ["#incidents"] }],
    ["proxy: slack.com", { outbound: () => ["proxy: slack.com"] }],
    ["clock_off", { now: () => NOW + 2_001 }],
    ["clock_off", { now: () => NOW - 2_001 }],
    ["maintenance_stuck: drills policy_file", { maintenanceStuck: () => ["policy_file", "drills"] }],
    ["trail_behind", { trailBehind: () => true }],
    ["trail_unprotected", { trailProtected: false }],
    ["pagers: pagerduty", { failingPagers: () => ["pagerduty"] }],
    ["ci_keys_stale: https://ci.test=16m", { ciKeys: () => ["ci_keys_stale: https://ci.test=16m"] }],
    ["webhooks: audit", { failingWebhooks: () => ["audit"] }],
    ["webhook_secret_missing: audit", { webhooksWithoutSecret: () => ["audit"] }],
    ["on_call_unbound: PUSER9", { schedules: async () => ["on_call_unbound: PUSER9"] }],
    ["schedules_unread", { schedules: () => Promise.reject(new Error("unreachable")) }],
    ["unknown_ids: S0GONE U0GONE", { unknownIds: () => ["S0GONE", "U0GONE"] }],
  ])("reports %s as degraded, not as down", async (name, change) => {
    expect(await readinessOf({ ...healthy, ...change })).toEqual({ down: [], degraded: [name] });
  });

  it("says why there is no queue, and not also that there is none", async () => {
    const queue = () => ({ up: false, mayEvict: false, detail: "down", refusal: "redis_full" }) as const;
    expect((await readinessOf({ ...healthy, queue })).degraded).toEqual(["redis_full"]);
  });

  it("says that heartbeats are missed, unless PostgreSQL is away, which its own word says", async () => {
    const heartbeatMissed = () => true;
    expect(await readinessOf({ ...healthy, heartbeatMissed })).toEqual({ down: [], degraded: ["heartbeat_missed"] });
    const canRecord = async () => ({ trouble: "postgres" }) as const;
    expect(await readinessOf({ ...healthy, heartbeatMissed, canRecord })).toEqual({ down: ["postgres"], degraded: [] });
  });

  it("accepts a clock that is up to two seconds off", async () => {
    expect(await readinessOf({ ...healthy, now: () => NOW + 2_000 })).toEqual({ down: [], degraded: [] });
  });
});
