import { afterEach, beforeEach, expect, test } from "vitest";
import type { Effect } from "../../../src/domain/bypass/effects.js";
import { declaration, declareItem, newId, systemItem, taken } from "../../contract/items.js";
import { policySource } from "../../slack/messages/fixtures.js";
import { openCore, sweep } from "../../support/core.js";

let core: Awaited<ReturnType<typeof openCore>>;
beforeEach(async () => {
  core = await openCore(policySource());
});
afterEach(() => core.close());

/** An effect that the types do not allow, as someone with a stolen password could queue it. */
const garbled = (effect: object): Effect => JSON.parse(JSON.stringify(effect));
// No message is posted, so a rerender has nothing to render. All are in one lane.
const RERENDER: Effect = { kind: "rerender", version: 1 };

/** Sweeps once. Returns what was given up: kind and code, in any order. */
async function swept(): Promise<readonly unknown[]> {
  const refused: unknown[] = [];
  const log = { ...core.context.log, warn: (_: string, fields?: object) => void refused.push(fields) };
  await sweep(core.effectContext({ ...core.context, log }));
  return refused;
}

test.each([
  ["without its version", { kind: "rerender" }],
  ["with a version that no bypass can have", { kind: "rerender", version: 1.5 }],
])("an effect %s is given up, and its lane continues", async (_, effect) => {
  const { context } = core;
  taken(await context.ledger.commit(declareItem(newId("bad"), declaration(), [garbled(effect), RERENDER])));
  expect(await swept()).toEqual([expect.objectContaining({ kind: "unreadable", code: "unreadable_effect" })]);
  await swept();
  expect((await context.outbox.backlog()).waiting).toBe(0);
});

test("an effect of a bypass that belongs to none is given up, and its lane continues", async () => {
  const { context } = core;
  taken(await context.ledger.commit({ ...systemItem({ type: "bot.stopped", instance: "x" }), effects: [RERENDER] }));
  expect(await swept()).toEqual([expect.objectContaining({ kind: "rerender", code: "no_bypass" })]);
  expect((await context.outbox.backlog()).waiting).toBe(0);
});

test("an update with a version beyond all numbers does not keep the message it names from being finished", async () => {
  const { ledger, outbox } = core.context;
  const update = garbled({ kind: "message.update", message: "alert", version: 1e15 });
  const { effects } = taken(
    await ledger.commit(declareItem(newId("bad"), declaration(), [{ kind: "alert.post" }, update])),
  );
  const id = effects[0]?.id ?? "";
  await outbox.claim(id);
  await expect(outbox.finish(id, { posted: { channel: "C0INC", ts: "1.1" }, renderedVersion: 2 })).resolves.toEqual({
    next: [effects[1]?.id],
    posted: { channel: "C0INC", ts: "1.1" },
  });
});

test("a posted message whose key cannot be read does not hide the others from a rerender", async () => {
  const { ledger, outbox } = core.context;
  const nameless = garbled({ kind: "thread.post", about: "gossip", version: 1, broadcast: false });
  const { n, effects } = taken(
    await ledger.commit(declareItem(newId("bad"), declaration(), [nameless, { kind: "alert.post" }])),
  );
  for (const { id } of effects) await outbox.finish(id, { posted: { channel: "C0INC", ts: "1.1" } });
  expect((await outbox.allPosted(n ?? 0)).map(({ key }) => key)).toEqual(["alert"]);
});
