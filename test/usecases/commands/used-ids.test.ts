import { expect, test } from "vitest";
import { revokeIneligible } from "../../../src/usecases/commands/revoke-ineligible.js";
import { handleCommand } from "../../../src/usecases/handle-command.js";
import { activation, approval, change, declare, itemOf, logLine, MIA, stateOf, taken } from "../../contract/items.js";
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
