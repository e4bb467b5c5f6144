import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { wireItem } from "../../../src/postgres/trail/wire.js";
import {
  CLOCK,
  declaration,
  declare,
  declareItem,
  denial,
  ENDS,
  fresh,
  later,
  logLine,
  newId,
  stateOf,
} from "../../contract/items.js";
import { activated, type Forge, forged, openForge, rejected } from "./forge.js";

let forge: Forge;
beforeAll(async () => {
  forge = await openForge();
});
afterAll(() => forge.close());

describe("a bypass whose next check would be too late is refused", () => {
  const refusal = rejected("the next check is missing or too late");

  test.each([null, "2099-01-01T00:00:00.000Z"])("with a next check at %s", async (dueAt) => {
    expect(await forge.forge(await declare(forge.ledger), [logLine("x")], dueAt)).toEqual(refusal);
    expect(await forge.ledger.commit({ ...declareItem(), nextDueAt: dueAt })).toEqual(refusal);
  });

  test("with a next check after the end of the grant, or none", async () => {
    const n = await activated(forge.ledger);
    expect(await forge.forge(n, [logLine("x")], later(7200))).toEqual(refusal);
    expect(await forge.forge(n, [logLine("x")], null)).toEqual(refusal);
  });

  test("with a next check although it is over", async () => {
    const n = await declare(forge.ledger);
    expect(await forge.forge(n, [denial()], ENDS)).toEqual(refusal);
  });
});

test("a row follows from its entries, whatever else an item claims", async () => {
  const item = declareItem();
  const entries = item.entries.map(({ body, texts }) => ({ body, texts }));
  const lie = { status: "active", gates: ["secret-scan"], requesterUser: "U0ZOE", endsAt: ENDS };
  const wire = JSON.parse(JSON.stringify([{ ...wireItem(item), entries, row: lie, ...lie }]));
  const [taken] = await forge.app`SELECT breakglass.commit(${forge.app.json(wire)}) AS results`;
  expect(taken?.results).toMatchObject([{ ok: true }]);
  expect(await forge.findings()).toEqual([]);
});

describe("a declaration is refused that names more than a policy can", () => {
  const longer = "x".repeat(64);
  test.each([
    ["too many gates", { gates: Array.from({ length: 101 }, (_, at) => `g${at}`) }],
    ["too long a gate", { gates: [longer] }],
    ["too long a path", { path: longer }],
    ["too long an incident", { incident: "I".repeat(101) }],
    ["too long a channel", { channel: `#${"c".repeat(81)}` }],
  ])("%s", async (_, over) => {
    expect(await forge.ledger.commit(declareItem(newId("long"), declaration(over)))).toEqual(
      rejected("the declaration names more gates, or longer names, than a policy can"),
    );
  });

  test("and not what a policy can name at most", async () => {
    const gates = Array.from({ length: 100 }, (_, at) => `${at}`.padStart(63, "g"));
    const over = { gates, path: "p".repeat(63), incident: "I".repeat(100), channel: `#${"c".repeat(80)}` };
    expect(await forge.ledger.commit(declareItem(newId("most"), declaration(over)))).toMatchObject({ ok: true });
  });

  test("nor is a person named at any length", async () => {
    const entry = { ...logLine("x"), actor: { kind: "person", user: "U0DANA", person: longer } as const };
    expect(await forge.forge(await declare(forge.ledger), [entry])).toEqual(rejected("the actor has no name"));
  });
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
    ["of a type of the system's stream", '"bypass.logged"', '"bot.stopped"', "the type does not belong in this stream"],
    ["with a key twice", /^\{/, '{"type":"ack.given",', "the body is not canonical"],
    ["with a field twice", /^\{/, '{"via":"thread",', "the body is not canonical"],
    ["with spaces", '"v":1', '"v": 1', "the body is not canonical"],
    ["with escaped letters", '"command"}', '"\\u0063ommand"}', "the body is not canonical"],
    [
      "with an actor of an unknown kind",
      '"kind":"person"',
      '"kind":"ghost"',
      "the actor is not of the kind that the type needs",
    ],
    ["with an account ID that Slack cannot issue", '"user":"U0DANA"', '"user":"u0dana"', "the actor has no name"],
  ])("%s", async (_, from, to, why) => {
    const shown = await swap(from, to);
    // If the replacement changed nothing, the commit would succeed and the case would fail.
    expect(shown).toEqual(rejected(why));
  });

  test("that is too long, as is a text", async () => {
    const n = await declare(forge.ledger);
    const long = logLine("x".repeat(100_000));
    expect(await forge.forge(n, [long])).toEqual(rejected("a text is too long"));
    const wide = fresh({ type: "alert.failed", code: "x".repeat(200_000) }, CLOCK);
    expect(await forge.forge(n, [wide])).toEqual(rejected("the body is no object, or is too long"));
  });
});

test("a verification finds no violation after all attempts on rows and bodies", async () => {
  expect(await forge.findings()).toEqual([]);
});
