import { expect, test } from "vitest";
import { sha256Hex } from "../../../src/domain/events/canonical.js";
import { recordPolicy } from "../../../src/usecases/commands/record-process.js";
import { revokeIneligible } from "../../../src/usecases/commands/revoke-ineligible.js";
import { handleCommand } from "../../../src/usecases/handle-command.js";
import {
  activation,
  approval,
  change,
  declare,
  itemOf,
  logLine,
  MIA,
  stateOf,
  systemItem,
  taken,
} from "../../contract/items.js";
import { policySource } from "../../slack/messages/fixtures.js";
import { openCore } from "../../support/core.js";

test("a change whose command id was used up by another one is recorded under an id of its own", async () => {
  const { context, close } = await openCore(policySource());
  try {
    const n = await declare(context.ledger);
    const commandId = "effect:1";
    const state = await stateOf(context.ledger, n);
    taken(await context.ledger.commit(itemOf({ n, state, entries: [logLine("x")], commandId })));
    const make = () => ({ type: "record_alert", posted: { channel: "C0INC", ts: "1.1" } }) as const;
    expect(await handleCommand(context, { n, commandId, make })).toEqual({ ok: true, n, duplicate: false });
    expect((await stateOf(context.ledger, n))?.alert).toEqual({ channel: "C0INC", ts: "1.1" });
  } finally {
    await close();
  }
});

test("a bypass whose requester is deactivated is ended, whatever command ids somebody has used up before", async () => {
  const { context, close } = await openCore(policySource());
  try {
    const directory = {
      account: async (user: string) =>
        ({ ids: [user], accountStatus: "deactivated", asOf: new Date(), stale: false }) as const,
      group: async () => null,
      schedule: async () => null,
    };
    const n = await declare(context.ledger);
    taken(await change(context.ledger, n, approval(), approval(MIA, 2), activation()));
    const commandId = `guard:${n}:requester_deactivated`;
    const state = await stateOf(context.ledger, n);
    taken(await context.ledger.commit(itemOf({ n, state, entries: [logLine("x")], commandId })));
    await revokeIneligible({ ...context, directory });
    expect((await stateOf(context.ledger, n))?.status).toBe("revoked");
    await revokeIneligible({ ...context, directory });
    expect((await stateOf(context.ledger, n))?.version).toBe((state?.version ?? 0) + 2);
  } finally {
    await close();
  }
});

const OURS = { hash: sha256Hex("version: 1"), text: "version: 1" };
const THEIRS = "version: 1 # of somebody else";
const theirPolicy = (id?: string) =>
  systemItem({ type: "policy.changed", policyHash: sha256Hex(THEIRS), was: null }, { policy: THEIRS }, id);
const idAfter = (seq: number) => `policy:${seq}:${OURS.hash.slice(0, 24)}`;

test("the policy goes on record although somebody has used its command id up for other events", async () => {
  const { context, close } = await openCore(policySource());
  try {
    const { lastSeq } = taken(await context.ledger.commit(theirPolicy()));
    taken(await context.ledger.commit(systemItem({ type: "bot.stopped", instance: "x" }, {}, idAfter(lastSeq))));
    await recordPolicy(context, OURS);
    expect((await context.queries.policyOnRecord())?.hash).toBe(OURS.hash);
  } finally {
    await close();
  }
});

test("the policy goes on record although somebody has recorded another one under its command id", async () => {
  const { context, close } = await openCore(policySource());
  try {
    const { lastSeq } = taken(await context.ledger.commit(systemItem({ type: "bot.stopped", instance: "x" })));
    taken(await context.ledger.commit(theirPolicy(idAfter(lastSeq + 1))));
    await recordPolicy(context, OURS);
    expect((await context.queries.policyOnRecord())?.hash).toBe(OURS.hash);
  } finally {
    await close();
  }
});
