import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  activation,
  approval,
  CLOCK,
  change,
  DANA,
  DANA2,
  declaration,
  declare,
  ENDS,
  fresh,
  LEO,
  logLine,
  MIA,
  taken,
} from "../../contract/items.js";
import { declarationAck, type Forge, type Fresh, openForge, rejected, self } from "./forge.js";

let forge: Forge;
beforeAll(async () => {
  forge = await openForge();
});
afterAll(() => forge.close());

/** The next check of an active bypass. */
const active = ENDS;
const alone = { ack: { ...declarationAck(), aloneAfterSeconds: 0 } };

describe("an approval is refused", () => {
  const mallory = { kind: "person", user: "U0MALLORY", person: "mallory" } as const;
  const asked = (over: object, actor = mallory) => {
    const entry = approval(actor);
    return { ...entry, event: { ...entry.event, ...over } } as Fresh;
  };

  test.each([
    ["by the requester", approval(DANA), self],
    ["by the requester's other account", approval(DANA2), self],
    ["by the requester's other account under another person", approval({ ...DANA2, person: DANA2.user }), self],
    ["by another account under the requester's person", approval({ ...mallory, person: "dana" }), self],
    ["by a person who shares an account with the requester", asked({ accounts: ["U0MALLORY", DANA2.user] }), self],
    ["with an account ID in lower case", approval({ ...DANA, user: "u0dana" }), rejected("the actor has no name")],
    ["by a person without a name", approval({ ...mallory, person: "" }), rejected("the actor has no name")],
    [
      "whose accounts do not include the actor's",
      asked({ accounts: ["U0OTHER"] }),
      rejected("the accounts of the approval are not those of its actor"),
    ],
    ["by the system", { ...approval(), actor: CLOCK }, rejected("the actor is not of the kind that the type needs")],
  ])("%s", async (_, entry, refusal) => {
    expect(await forge.forge(await declare(forge.ledger), [entry])).toEqual(refusal);
  });

  test("by a person who approved before, from any of their accounts", async () => {
    const n = await declare(forge.ledger);
    const both = approval(LEO);
    const first = { ...both, event: { ...both.event, accounts: ["U0LEO", "W0LEO2"] } } as Fresh;
    taken(await change(forge.ledger, n, first));
    const repeated = { ok: false, why: "repeated_approval" };
    expect(await forge.forge(n, [approval({ kind: "person", user: "W0LEO2", person: "W0LEO2" }, 2)])).toEqual(repeated);
    expect(await forge.forge(n, [approval({ kind: "person", user: "U0NEW", person: "leo" }, 2)])).toEqual(repeated);
  });
});

describe("an activation is refused", () => {
  const unearned = rejected("the grant was not earned");
  const acks = [approval(), approval(MIA, 2)];

  test.each([
    ["without any approval", [activation(DANA)], unearned],
    ["with one approval of two", [approval(), activation(LEO)], unearned],
    ["by someone other than the last approver", [...acks, activation(LEO)], unearned],
    ["that claims not to be approved", [...acks, activation(MIA, false)], unearned],
    ["without an approval or proceeding alone", [activation(DANA, false)], unearned],
    [
      "with a longer grant than was declared",
      [...acks, fresh({ type: "bypass.activated", endsAt: "2099-01-01T00:00:00.000Z", approved: true }, MIA)],
      rejected("the grant is not as long as was declared"),
    ],
    [
      "after proceeding alone where the path does not allow it",
      [fresh({ type: "bypass.proceeded_alone" }, DANA), activation(DANA, false)],
      rejected("proceeding alone was not allowed, or not yet"),
    ],
  ])("%s", async (_, entries, refusal) => {
    expect(await forge.forge(await declare(forge.ledger), entries, active)).toEqual(refusal);
  });

  test("after proceeding alone, unless the requester did so when allowed and in the entry right before", async () => {
    const early = await declare(forge.ledger, declaration({ ack: { ...alone.ack, aloneAfterSeconds: 600 } }));
    const goes = fresh({ type: "bypass.proceeded_alone" }, DANA);
    const go = [goes, activation(DANA, false)];
    expect(await forge.forge(early, go, active)).toEqual(rejected("proceeding alone was not allowed, or not yet"));
    const n = await declare(forge.ledger, declaration(alone));
    const other = [{ ...goes, actor: LEO }, activation(LEO, false)];
    expect(await forge.forge(n, other, active)).toEqual(rejected("only the requester can proceed alone"));
    expect(await forge.forge(n, [goes, logLine("x"), activation(DANA, false)], active)).toEqual(unearned);
    expect(await change(forge.ledger, n, ...go)).toMatchObject({ ok: true });
  });

  test("on a path that needs no approval, unless the requester activates it", async () => {
    const open = declaration({ ack: { ...declarationAck(), needed: 0 } });
    const n = await declare(forge.ledger, open);
    expect(await forge.forge(n, [activation(LEO, false)], active)).toEqual(unearned);
    expect(await forge.forge(n, [activation(DANA, true)], active)).toEqual(unearned);
    expect(await change(forge.ledger, n, activation(DANA, false))).toMatchObject({ ok: true });
  });
});

test("a verification finds no violation after all approval and activation attempts", async () => {
  expect(await forge.findings()).toEqual([]);
});
