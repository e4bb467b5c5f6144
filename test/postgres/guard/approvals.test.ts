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

/** When somebody looks again at what is active. */
const active = ENDS;
const alone = { ack: { ...declarationAck(), aloneAfterSeconds: 0 } };

describe("an approval is refused", () => {
  const mallory = { kind: "person", user: "U0MALLORY", person: "mallory" } as const;
  const asked = (over: object, actor = mallory) => {
    const entry = approval(actor);
    return { ...entry, event: { ...entry.event, ...over } } as Fresh;
  };

  test.each([
    ["of the requester", approval(DANA), self],
    ["of the requester's other account", approval(DANA2), self],
    ["of that account under a name of its own", approval({ ...DANA2, person: DANA2.user }), self],
    ["of another account under the requester's name", approval({ ...mallory, person: "dana" }), self],
    ["of somebody who shares an account with the requester", asked({ accounts: ["U0MALLORY", DANA2.user] }), self],
    ["with an account in small letters", approval({ ...DANA, user: "u0dana" }), rejected("the actor has no name")],
    ["of a person without a name", approval({ ...mallory, person: "" }), rejected("the actor has no name")],
    [
      "whose accounts leave out the actor's",
      asked({ accounts: ["U0OTHER"] }),
      rejected("the accounts of the approval are not those of its actor"),
    ],
    ["by the system", { ...approval(), actor: CLOCK }, rejected("the actor is not of the kind that the type needs")],
  ])("%s", async (_, entry, refusal) => {
    expect(await forge.forge(await declare(forge.ledger), [entry])).toEqual(refusal);
  });

  test("of a person who approved before, whichever of the accounts it is", async () => {
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
    ["by somebody else than the last approver", [...acks, activation(LEO)], unearned],
    ["that says that nobody approved", [...acks, activation(MIA, false)], unearned],
    ["without going alone", [activation(DANA, false)], unearned],
    [
      "of a longer grant than was declared",
      [...acks, fresh({ type: "bypass.activated", endsAt: "2099-01-01T00:00:00.000Z", approved: true }, MIA)],
      rejected("the grant is not as long as was declared"),
    ],
    [
      "after going alone where the path does not allow it",
      [fresh({ type: "bypass.proceeded_alone" }, DANA), activation(DANA, false)],
      rejected("proceeding alone was not allowed, or not yet"),
    ],
  ])("%s", async (_, entries, refusal) => {
    expect(await forge.forge(await declare(forge.ledger), entries, active)).toEqual(refusal);
  });

  test("after going alone, unless the requester did, at the time, and no other entry came between", async () => {
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

  test("of a path that asks for nobody, unless the requester does", async () => {
    const open = declaration({ ack: { ...declarationAck(), needed: 0 } });
    const n = await declare(forge.ledger, open);
    expect(await forge.forge(n, [activation(LEO, false)], active)).toEqual(unearned);
    expect(await forge.forge(n, [activation(DANA, true)], active)).toEqual(unearned);
    expect(await change(forge.ledger, n, activation(DANA, false))).toMatchObject({ ok: true });
  });
});

test("whatever was tried here, what was let in breaks no invariant", async () => {
  expect(await forge.findings()).toEqual([]);
});
