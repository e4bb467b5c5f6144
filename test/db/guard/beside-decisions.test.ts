import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  declare,
  declareItem,
  denial,
  fresh,
  itemOf,
  logLine,
  newId,
  policyChanged,
  stateOf,
  systemItem,
  taken,
} from "../../contract/items.js";
import { type Forge, forged, openForge, poisoned } from "./forge.js";

let forge: Forge;
beforeAll(async () => {
  forge = await openForge();
});
afterAll(() => forge.close());

describe("beside the decisions", () => {
  test("an id that was used for something else is told, not taken for the change that is asked for", async () => {
    const n = await declare(forge.ledger);
    const id = newId("squat");
    taken(await forge.ledger.commit(systemItem({ type: "bot.stopped", instance: "q" }, {}, id)));
    const honest = itemOf({ n, state: await stateOf(forge.ledger, n), entries: [denial()], commandId: id });
    expect(await forge.ledger.commit(honest)).toEqual(poisoned("the command id was used for another stream"));
  });

  test("a policy is recorded under the hash of its text only", async () => {
    const lie = systemItem({ type: "policy.changed", policyHash: "evil", was: null }, { policy: "x" });
    expect(await forge.ledger.commit(lie)).toEqual(poisoned("the hash is not that of the policy"));
    expect(await forge.ledger.commit(policyChanged("version: 1"))).toMatchObject({ ok: true });
  });

  test("the text of a policy is not redacted, and nothing in the system's stream tells of a redaction", async () => {
    const { lastSeq } = taken(await forge.ledger.commit(policyChanged("version: 1 # kept")));
    const place = { seq: lastSeq, field: "policy" } as const;
    const item = systemItem({ type: "text.redacted", ...place }, { reason: "x" });
    const result = await forge.ledger.redact(item, place);
    expect(result).toEqual(poisoned("the stream is neither a bypass nor the system, or takes no such change"));
    const n = await declare(forge.ledger);
    const through = forged(n, await stateOf(forge.ledger, n), [fresh({ type: "text.redacted", ...place })]);
    expect(await forge.ledger.redact(through, place)).toEqual(
      poisoned("there is no such text, or it was redacted before"),
    );
  });

  test("an effect that nobody can perform is not queued", async () => {
    const n = await declare(forge.ledger);
    const item = forged(n, await stateOf(forge.ledger, n), [logLine("x")]);
    const wire = {
      ...item,
      entries: item.entries.map(({ body, texts }) => ({ body, texts })),
      effects: [{ lane: "x", messageKey: null, effect: { kind: "bogus" } }],
    };
    const [row] =
      await forge.app`SELECT breakglass.commit(${forge.app.json(JSON.parse(JSON.stringify([wire])))}) AS results`;
    expect(row?.results).toEqual([poisoned("nobody knows how to perform such an effect")]);
  });

  test("whoever may connect can hold nothing that stops the trail", async () => {
    await expect(forge.app`SELECT FROM breakglass.head FOR UPDATE`).rejects.toMatchObject({ code: "42501" });
    await expect(forge.app`SELECT FROM breakglass.head FOR SHARE`).rejects.toMatchObject({ code: "42501" });
    expect(await forge.ledger.commit(declareItem())).toMatchObject({ ok: true });
  });
});

test("whatever was tried here, what was let in is lawful", async () => {
  expect(await forge.findings()).toEqual([]);
});
