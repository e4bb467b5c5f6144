import { afterEach, beforeEach, expect, test } from "vitest";
import type { Person } from "../../../src/domain/events/actor.js";
import type { AckPlan } from "../../../src/domain/events/catalogue/bypass.js";
import type { Policy } from "../../../src/domain/policy/policy.js";
import { act } from "../../../src/usecases/commands/act.js";
import { digestOf } from "../../../src/usecases/queries/digest.js";
import { waitsOf } from "../../../src/usecases/queries/waits-and-overdue.js";
import {
  activation,
  approval,
  change,
  DANA,
  DANA2,
  declaration,
  declare,
  denial,
  fresh,
  LEO,
  later,
  MIA,
  taken,
  waiver,
} from "../../contract/items.js";
import { openCore } from "../../support/core.js";
import { samplePolicy, withPerson } from "../../support/domain/policies.js";
import { type LeadingWorkspace, openLeadingWorkspace } from "../../support/leading-workspace.js";

const ALONE_AFTER_A_MINUTE: AckPlan = {
  needed: 1,
  remindEverySeconds: 180,
  giveUpAfterSeconds: 1800,
  aloneAfterSeconds: 60,
  roles: ["on-call-lead"],
  escalation: [],
};

/** An account that the policy does not list is its own person. */
const unlisted = (user: string): Person => ({ kind: "person", user, person: user });
const UNLISTED: Policy = { ...samplePolicy, people: {} };

let testApp: Awaited<ReturnType<typeof openCore>>;
let policy: Policy;
let workspace: LeadingWorkspace;
beforeEach(async () => {
  policy = UNLISTED;
  workspace = await openLeadingWorkspace([DANA.user, DANA2.user, LEO.user, "U0NOAH"]);
  testApp = await openCore({ current: () => ({ policy, hash: "0".repeat(64) }) });
});
afterEach(async () => {
  await testApp.close();
  await workspace.close();
});

/** Every account is a member of the workspace and of the leads. */
const context = () => ({ ...testApp.context, directory: workspace.directory });

/** Declares, approves and closes a bypass. */
async function closedBypass(requester: Person, accounts: readonly string[], approvers = [LEO, MIA]): Promise<void> {
  const { ledger } = testApp.context;
  const entries = declaration({ accounts }).map((entry) =>
    entry.event.type === "bypass.declared" ? { ...entry, actor: requester } : entry,
  );
  const n = await declare(ledger, entries);
  const acks = approvers.map((approver, index) => approval(approver, index + 1));
  taken(await change(ledger, n, ...acks, activation(approvers.at(-1))));
  taken(await change(ledger, n, fresh({ type: "bypass.closed" }, requester)));
}

const waiting = async (user: string): Promise<number> => (await waitsOf(context(), user))?.reviews.length ?? 0;

test("a Deny bars Proceed Alone also through an account that the policy joined to the denied one later", async () => {
  const { ledger } = testApp.context;
  const request = (requester: Person) =>
    declaration({ accounts: [requester.user], ack: ALONE_AFTER_A_MINUTE }).map((entry) =>
      entry.event.type === "bypass.declared" ? { ...entry, actor: requester } : entry,
    );
  taken(await change(ledger, await declare(ledger, request(unlisted(DANA2.user))), denial(), waiver()));
  const n = await declare(ledger, request(unlisted(DANA.user)));
  policy = withPerson("dana", [DANA.user, DANA2.user], UNLISTED);
  await testApp.clock.advance(61_000);
  const alone = { type: "proceed_alone", typed: "BREAK GLASS" } as const;
  expect(await act(context(), { user: DANA.user, origin: null }, n, alone, "alone")).toMatchObject({
    ok: false,
    refusal: { code: "alone_after_rejection" },
  });
});

test("a review never waits for an account of its requester that the policy joined later", async () => {
  await closedBypass(unlisted(DANA.user), [DANA.user]);
  expect(await waiting(DANA2.user)).toBe(1);
  policy = withPerson("dana", [DANA.user, DANA2.user], UNLISTED);
  expect([await waiting(DANA.user), await waiting(DANA2.user), await waiting("U0NOAH")]).toEqual([0, 0, 1]);
});

test("a review never waits for an account that was its requester's at the declaration", async () => {
  await closedBypass(DANA, [DANA.user, DANA2.user]);
  expect([await waiting(DANA.user), await waiting(DANA2.user), await waiting("U0NOAH")]).toEqual([0, 0, 1]);
});

test("the ack figures count accounts that were joined later as one person", async () => {
  await closedBypass(unlisted(DANA.user), [DANA.user], [unlisted("U0LEO"), unlisted("U0MIA")] as (typeof LEO)[]);
  await closedBypass(unlisted(DANA2.user), [DANA2.user], [unlisted("W0LEO"), unlisted("U0MIA")] as (typeof LEO)[]);
  const share = async (): Promise<number | undefined> => {
    const board = await digestOf(context(), "#incidents", later(7 * 86_400));
    return board.kind === "digest" ? board.acks[0]?.pairShare : undefined;
  };
  expect(await share()).toBe(0.25);
  policy = withPerson("dana", [DANA.user, DANA2.user], withPerson("leo", ["U0LEO", "W0LEO"], UNLISTED));
  expect(await share()).toBe(0.5);
});
