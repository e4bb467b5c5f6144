import { afterAll, beforeAll, expect, test } from "vitest";
import type { Actor } from "../../../src/domain/events/actor.js";
import type { BypassEvent, SystemEvent } from "../../../src/domain/events/catalogue/catalogue.js";
import { digestOf } from "../../../src/usecases/queries/digest.js";
import { overdueOf, waitsOf } from "../../../src/usecases/queries/waits-and-overdue.js";
import {
  AT,
  activation,
  approval,
  change,
  declaration,
  declare,
  fresh,
  later,
  MIA,
  policyChanged,
  systemItem,
  taken,
} from "../../contract/items.js";
import { openCore } from "../../support/core.js";
import { samplePolicy } from "../../support/domain/policies.js";
import { type LeadingWorkspace, openLeadingWorkspace } from "../../support/leading-workspace.js";

const CHANNEL = "#incidents";
const NOAH: Actor = { kind: "person", user: "U0NOAH", person: "noah" };
const LONG_DUE = later(-86_400);
const TOMORROW = later(86_400);

let testApp: Awaited<ReturnType<typeof openCore>>;
let workspace: LeadingWorkspace;
beforeAll(async () => {
  workspace = await openLeadingWorkspace(["U0NOAH"]);
  testApp = await openCore({ current: () => ({ policy: samplePolicy, hash: "0".repeat(64) }) });
  taken(await testApp.context.ledger.commit(policyChanged("version: 1")));
});
afterAll(async () => {
  await testApp.close();
  await workspace.close();
});

/** Noah is a lead. */
const contextWithDirectory = () => ({ ...testApp.context, directory: workspace.directory });

/** A review and an action of another bypass, both due since a day ago. */
async function overdueWork(): Promise<{ review: number; action: number }> {
  const [review, action] = [await closedBypass(LONG_DUE), await closedBypass(LONG_DUE)];
  const words = { verdict: "justified", gatesAtFault: [], forcedBy: "flaky", aftermath: "unknown" } as const;
  const of = { edition: 1, asApprover: false, roleAsOf: null } as const;
  const submitted: BypassEvent = { type: "review.submitted", ...of, ...words };
  const opened: BypassEvent = { type: "action.opened", action: 1, owner: "U0NOAH", dueAt: LONG_DUE };
  const entries = [fresh(submitted, NOAH, { lesson: "Check it." }), fresh(opened, NOAH, { line: "Renew it." })];
  taken(await change(testApp.context.ledger, action, ...entries));
  return { review, action };
}

async function closedBypass(reviewDue: string): Promise<number> {
  const { ledger } = testApp.context;
  const entries = declaration({ channel: CHANNEL }).map((entry) =>
    entry.event.type === "review.opened" ? { ...entry, event: { ...entry.event, dueAt: reviewDue } } : entry,
  );
  const n = await declare(ledger, entries);
  taken(await change(ledger, n, approval(), approval(MIA, 2), activation()));
  const dana: Actor = { kind: "person", user: "U0DANA", person: "dana" };
  taken(await change(ledger, n, fresh({ type: "bypass.closed" }, dana)));
  return n;
}

const flagged: SystemEvent = {
  type: "gate.flagged",
  gate: "e2e-suite",
  item: 1,
  owner: "on-call-lead",
  dueAt: LONG_DUE,
  because: "count",
  count: 3,
  reviewed: 0,
  atFault: 0,
  windowSeconds: 2_592_000,
  bypasses: [1, 2, 3],
};

/** The numbers of reviews, actions and sick gates in each notice. */
async function notices() {
  const context = contextWithDirectory();
  const [overdue, waits, digest] = await Promise.all([
    overdueOf(context, CHANNEL),
    waitsOf(context, "U0NOAH"),
    digestOf(context, CHANNEL, AT),
  ]);
  if (digest.kind !== "digest") throw new Error("no digest");
  const { reviewsOverdue, actionsOverdue, actionsOpen } = digest.counts;
  return { overdue: sizesOf(overdue), waits: sizesOf(waits), digest: { reviewsOverdue, actionsOverdue, actionsOpen } };
}

const sizesOf = (board: Awaited<ReturnType<typeof overdueOf>> | Awaited<ReturnType<typeof waitsOf>>) =>
  board === null ? [0, 0, 0] : [board.reviews.length, board.actions.length, board.gates.length];

test("an item that is put off is not in reminders, not in the channel, and not overdue in the digest", async () => {
  const { ledger } = testApp.context;
  const { review, action } = await overdueWork();
  taken(await ledger.commit(systemItem(flagged)));
  expect(await notices()).toEqual({
    overdue: [1, 1, 1],
    waits: [1, 1, 1],
    digest: { reviewsOverdue: 1, actionsOverdue: 1, actionsOpen: 1 },
  });

  const until = { until: TOMORROW, roleAsOf: null };
  const why = { reason: "The build team is away." };
  taken(await change(ledger, review, fresh({ type: "review.put_off", ...until }, NOAH, why)));
  taken(await change(ledger, action, fresh({ type: "action.put_off", action: 1, ...until }, NOAH, why)));
  const putOff: SystemEvent = { type: "gate.put_off", gate: "e2e-suite", item: 1, count: 1, ...until };
  taken(await ledger.commit(systemItem(putOff, why, undefined, NOAH)));
  expect(await notices()).toEqual({
    overdue: [0, 0, 0],
    waits: [0, 0, 0],
    digest: { reviewsOverdue: 0, actionsOverdue: 0, actionsOpen: 1 },
  });
});
