import { afterEach, beforeEach, expect, test } from "vitest";
import { alertsMissing, policyDiffers, workload } from "../../../src/usecases/maintenance/self-check.js";
import {
  activation,
  approval,
  change,
  declare,
  fresh,
  itemOf,
  MIA,
  policyChanged,
  stateOf,
  taken,
} from "../../contract/items.js";
import { policySource } from "../../slack/messages/fixtures.js";
import { openCore } from "../../support/core.js";

let testApp: Awaited<ReturnType<typeof openCore>>;
beforeEach(async () => {
  testApp = await openCore(policySource());
});
afterEach(() => testApp.close());

const approve = async (n: number) =>
  taken(await change(testApp.context.ledger, n, approval(), approval(MIA, 2), activation()));
const postAlert = async (n: number) =>
  taken(
    await change(
      testApp.context.ledger,
      n,
      fresh({ type: "alert.posted", channel: "C0INC", ts: "1.1" }, { kind: "system", part: "bot" }),
    ),
  );

test("an alert is missing once a requested or active bypass has been without it for 30 seconds", async () => {
  const { context, clock } = testApp;
  expect(await alertsMissing(context)).toBe(false);
  const withAlert = await declare(context.ledger);
  expect(await alertsMissing(context)).toBe(false);
  await clock.advance(31_000);
  expect(await alertsMissing(context)).toBe(true);
  await postAlert(withAlert);
  expect(await alertsMissing(context)).toBe(false);
  await approve(await declare(context.ledger));
  await clock.advance(31_000);
  expect(await alertsMissing(context)).toBe(true);
});

test("the policy differs when the trail names none or another one last", async () => {
  const { context } = testApp;
  const inForce = (hash: string) => ({
    ...context,
    policy: { current: () => ({ ...context.policy.current(), hash }) },
  });
  const named = policyChanged("version: 1");
  const { policyHash } = JSON.parse(named.entries[0]?.body ?? "{}");
  expect(await policyDiffers(inForce(policyHash))).toBe(true);
  taken(await context.ledger.commit(named));
  expect(await policyDiffers(inForce(policyHash))).toBe(false);
  expect(await policyDiffers(inForce("f".repeat(64)))).toBe(true);
});

test("the workload counts open bypasses by status and the rows that wait in the outbox", async () => {
  const { context, clock } = testApp;
  const effects = [{ kind: "alert.post" }, { kind: "rerender", version: 1 }] as const;
  await declare(context.ledger, undefined, effects);
  const decided = await declare(context.ledger, undefined, effects);
  const approved = [approval(), approval(MIA, 2), activation()];
  const state = await stateOf(context.ledger, decided);
  taken(await context.ledger.commit(itemOf({ n: decided, state, entries: approved, effects: [] })));
  await declare(context.ledger, undefined, []);
  await clock.advance(9_000);
  const { oldestSeconds, ...counts } = await workload(context);
  expect(counts).toEqual({ waiting: 4, requested: 2, active: 1, overdueReviews: 0, overdueActions: 0, webhooks: [] });
  expect(oldestSeconds).toBeGreaterThanOrEqual(9);
});
