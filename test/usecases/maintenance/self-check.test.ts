import { expect, test } from "vitest";
import { rowOf } from "../../../src/domain/bypass/row.js";
import { alertsMissing, policyDiffers, workload } from "../../../src/usecases/maintenance/self-check.js";
import type { BypassSummary } from "../../../src/usecases/ports/ports.js";
import { policySource, recordIn } from "../../slack/messages/fixtures.js";

const NOW = new Date("2026-11-25T10:00:00.000Z");

/** An open bypass that was declared so long ago, and whose alert stands or does not. */
function open(seconds: number, alertTs: string | null, status: "requested" | "active" = "requested"): BypassSummary {
  const declaredAt = new Date(NOW.getTime() - seconds * 1000).toISOString();
  return { ...rowOf(recordIn(status).state), n: 1, alertTs, declaredAt };
}
const queries = (...bypasses: readonly BypassSummary[]) => ({ open: async () => ({ now: NOW, bypasses }) });

test.each([
  ["nothing is open", [], false],
  ["the alert stands", [open(3600, "1.1")], false],
  ["the channel may still hear in time", [open(30, null)], false],
  ["half a minute has passed without it", [open(31, null)], true],
  ["one of several is unheard", [open(3600, "1.1"), open(31, null, "active")], true],
])("An alert is missing or not where %s", async (_, bypasses, missing) => {
  expect(await alertsMissing({ queries: queries(...bypasses) })).toBe(missing);
});

test("The policy differs where the trail names another one last, or none", async () => {
  const policy = policySource();
  const named = (hash: string | null) =>
    policyDiffers({ policy, queries: { policyOnRecord: async () => (hash === null ? null : { hash, seq: 3 }) } });
  expect(await named(policy.current().hash)).toBe(false);
  expect(await named("f".repeat(64))).toBe(true);
  expect(await named(null)).toBe(true);
});

test("The workload counts open bypasses by status, beside what waits", async () => {
  const outbox = { backlog: async () => ({ waiting: 4, oldestSeconds: 9 }) };
  const counted = workload({ outbox, queries: queries(open(1, "1.1"), open(2, "1.2", "active"), open(3, "1.3")) });
  expect(await counted).toEqual({ waiting: 4, oldestSeconds: 9, requested: 2, active: 1 });
});
