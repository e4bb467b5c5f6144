import { expect, test } from "vitest";
import { DAY_MS } from "../../../src/domain/calendar/time.js";
import { AT, declaration, declare, declareItem, newId, stateOf, taken } from "../../contract/items.js";
import { policySource } from "../../slack/messages/fixtures.js";
import { openCore, sweep } from "../../support/core.js";

/** How many are found at once. */
const BATCH = 200;
/** More than two batches. */
const BACKLOG = 450;

test("one sweep clears a backlog of several batches without any wake-up", async () => {
  const { context, effectContext, close } = await openCore(policySource());
  try {
    // No message is posted, so a rerender has nothing to render; each bypass has its own lane.
    const newItem = () => declareItem(newId("sweep"), declaration(), [{ kind: "rerender", version: 1 }]);
    const all = await Promise.all(Array.from({ length: BACKLOG }, () => context.ledger.commit(newItem())));
    for (const result of all) taken(result);
    expect((await context.outbox.backlog()).waiting).toBe(BACKLOG);
    await sweep(effectContext(context));
    expect((await context.outbox.backlog()).waiting).toBe(0);
  } finally {
    await close();
  }
});

test("one sweep clears a backlog of due bypasses, also when wake-ups perform their effects meanwhile", async () => {
  const { context, clock, effectContext, close } = await openCore(policySource());
  const outbox = { ...context.outbox, claimable: async () => [] };
  const queries = { ...context.queries, followUps: async () => [] };
  try {
    const newItem = () => declareItem(newId("sweep"), declaration());
    const all = await Promise.all(Array.from({ length: BACKLOG }, () => context.ledger.commit(newItem())));
    for (const result of all) taken(result);
    await clock.advance(DAY_MS);
    expect(await context.queries.due(1)).toHaveLength(1);
    await sweep(effectContext({ ...context, outbox, queries }));
    expect(await context.queries.due(1)).toEqual([]);
  } finally {
    await close();
  }
});

test("bypasses that cannot be read do not keep a sweep from the others that are due", async () => {
  const { context, clock, effectContext, close } = await openCore(policySource());
  /** A declaration without its incident, as someone with a stolen password could commit it, and due at once. */
  const unreadable = () => {
    const item = declareItem(newId("sweep"), declaration());
    const [first, ...rest] = item.entries;
    if (first === undefined) throw new Error("A declaration has entries.");
    const body = first.body.replace('"incident":"INC-7",', "");
    return { ...item, nextDueAt: AT, entries: [{ ...first, body }, ...rest] };
  };
  try {
    for (const result of await Promise.all(Array.from({ length: BATCH }, () => context.ledger.commit(unreadable()))))
      taken(result);
    const n = await declare(context.ledger);
    await clock.advance(DAY_MS);
    expect(await context.queries.due(BATCH)).not.toContain(n);
    await sweep(effectContext(context));
    expect((await stateOf(context.ledger, n))?.status).toBe("lapsed");
  } finally {
    await close();
  }
});
