import { afterEach, beforeEach, expect, test } from "vitest";
import { DAY_MS } from "../../../src/domain/calendar/time.js";
import type { Policy, Weekday } from "../../../src/domain/policy/policy.js";
import { postDigest } from "../../../src/usecases/maintenance/post-digest.js";
import { AT, policyChanged, taken } from "../../contract/items.js";
import { openCore } from "../../support/core.js";
import { samplePolicy } from "../../support/domain/policies.js";

const HOUR_MS = 60 * 60_000;
const WEEK_MS = 7 * DAY_MS;
const DAYS: Weekday[] = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

/** The digest comes each week an hour before the time at which the first policy was recorded. */
const policy: Policy = {
  ...samplePolicy,
  officeHours: { timezone: "UTC", days: DAYS, from: "00:00", to: "23:59", holidays: [] },
  digest: { channel: "#incidents", ...weeklyAt(new Date(Date.parse(AT) - HOUR_MS)) },
};

function weeklyAt(moment: Date): { day: Weekday; at: string } {
  const day = DAYS[moment.getUTCDay()];
  if (day === undefined) throw new Error("There is no such day.");
  return { day, at: moment.toISOString().slice(11, 16) };
}

let testApp: Awaited<ReturnType<typeof openCore>>;
beforeEach(async () => {
  testApp = await openCore({ current: () => ({ policy, hash: "0".repeat(64) }) });
  taken(await testApp.context.ledger.commit(policyChanged("version: 1")));
});
afterEach(() => testApp.close());

/** How many digests were queued when this time has passed. */
async function queuedAfter(ms: number): Promise<number> {
  await testApp.clock.advance(ms);
  await postDigest(testApp.context);
  return (await testApp.context.outbox.backlog()).waiting;
}

test("the first digest is that of the first weekly moment after the first policy", async () => {
  expect(await queuedAfter(0)).toBe(0);
  expect(await queuedAfter(WEEK_MS)).toBe(1);
});

test("a digest that is five days late is queued", async () => {
  expect(await queuedAfter(WEEK_MS + 5 * DAY_MS)).toBe(1);
});

test("a digest that is more than six days late is left out, and the next one is queued", async () => {
  expect(await queuedAfter(WEEK_MS + 6 * DAY_MS)).toBe(0);
  expect(await queuedAfter(DAY_MS)).toBe(1);
});
