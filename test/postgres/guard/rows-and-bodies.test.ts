import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CLOCK, declare, declareItem, denial, ENDS, fresh, later, logLine, stateOf } from "../../contract/items.js";
import { activated, type Forge, forged, openForge, rejected } from "./forge.js";

let forge: Forge;
beforeAll(async () => {
  forge = await openForge();
});
afterAll(() => forge.close());

describe("a bypass that nobody would look at in time is refused", () => {
  const refusal = rejected("nobody would look at the bypass in time");

  test.each([null, "2099-01-01T00:00:00.000Z"])("(%s)", async (dueAt) => {
    expect(await forge.forge(await declare(forge.ledger), [logLine("x")], dueAt)).toEqual(refusal);
    expect(await forge.ledger.commit({ ...declareItem(), nextDueAt: dueAt })).toEqual(refusal);
  });

  test("after the end of a grant", async () => {
    const n = await activated(forge.ledger);
    expect(await forge.forge(n, [logLine("x")], later(7200))).toEqual(refusal);
    expect(await forge.forge(n, [logLine("x")], null)).toEqual(refusal);
  });

  test("and so is one that somebody would look at although it is over", async () => {
    const n = await declare(forge.ledger);
    expect(await forge.forge(n, [denial()], ENDS)).toEqual(refusal);
  });
});

test("a row is what its entries say, whatever an item claims about it", async () => {
  const item = declareItem();
  const entries = item.entries.map(({ body, texts }) => ({ body, texts }));
  const lie = { status: "active", gates: ["secret-scan"], requesterUser: "U0ZOE", endsAt: ENDS };
  const wire = JSON.parse(JSON.stringify([{ ...item, entries, row: lie, ...lie }]));
  const [taken] = await forge.app`SELECT breakglass.commit(${forge.app.json(wire)}) AS results`;
  expect(taken?.results).toMatchObject([{ ok: true }]);
  expect(await forge.findings()).toEqual([]);
});

describe("a body is refused", () => {
  const swap = async (from: string | RegExp, to: string) => {
    const n = await declare(forge.ledger);
    const item = forged(n, await stateOf(forge.ledger, n), [logLine("z")]);
    const entries = item.entries.map(({ body, texts }) => ({ body: body.replace(from, to), texts }));
    const result = await forge.ledger.commit({ ...item, entries });
    expect((await forge.ledger.load(n)).entries).toHaveLength(2);
    return result;
  };

  test.each([
    ["of an unknown type", '"bypass.logged"', '"bypass.mystery"', "the type is not known"],
    ["of a type of the system", '"bypass.logged"', '"bot.stopped"', "the type does not belong in this stream"],
    ["with a key twice", /^\{/, '{"type":"ack.given",', "the body is not canonical"],
    ["with a field twice", /^\{/, '{"via":"thread",', "the body is not canonical"],
    ["with spaces", '"v":1', '"v": 1', "the body is not canonical"],
    ["with letters written as numbers", '"command"}', '"\\u0063ommand"}', "the body is not canonical"],
    [
      "with an actor of no kind",
      '"kind":"person"',
      '"kind":"ghost"',
      "the actor is not of the kind that the type needs",
    ],
    ["with an account that Slack cannot give", '"user":"U0DANA"', '"user":"u0dana"', "the actor has no name"],
  ])("%s", async (_, from, to, why) => {
    const shown = await swap(from, to);
    // What is not changed by the swap would be taken: then the case proves nothing.
    expect(shown).toEqual(rejected(why));
  });

  test("that is longer than anybody could have typed", async () => {
    const n = await declare(forge.ledger);
    const long = logLine("x".repeat(100_000));
    expect(await forge.forge(n, [long])).toEqual(rejected("a text is too long"));
    const wide = fresh({ type: "alert.failed", code: "x".repeat(200_000) }, CLOCK);
    expect(await forge.forge(n, [wide])).toEqual(rejected("the body is no object, or is too long"));
  });
});

test("whatever was tried here, what was let in breaks no invariant", async () => {
  expect(await forge.findings()).toEqual([]);
});
