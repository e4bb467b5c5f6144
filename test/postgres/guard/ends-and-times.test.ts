import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  CLOCK,
  change,
  DANA,
  DANA2,
  declaration,
  declare,
  declareItem,
  denial,
  ENDS,
  fresh,
  LEO,
  later,
  logLine,
  newId,
  taken,
  withdrawal,
} from "../../contract/items.js";
import { activated, type Forge, type Fresh, openForge, rejected, self, settled } from "./forge.js";

let forge: Forge;
beforeAll(async () => {
  forge = await openForge();
});
afterAll(() => forge.close());

describe("an end is refused", () => {
  const closed = (actor = DANA) => fresh({ type: "bypass.closed" }, actor);
  const expired = { ...fresh({ type: "bypass.expired" }, CLOCK) };
  const revoked = (actor = LEO) =>
    fresh({ type: "bypass.revoked", why: "person", roleAsOf: null }, actor, { reason: "x" });

  test.each([closed(), expired, revoked(), fresh({ type: "grant.warned" }, CLOCK)])(
    "of a request that was never active: $event.type",
    async (entry) => {
      expect(await forge.forge(await declare(forge.ledger), [entry])).toEqual(rejected("there is no grant"));
    },
  );

  test.each([
    ["a Close by someone other than the requester", closed(LEO), "only the requester can close"],
    ["an expiry before the end", expired, "the grant has time left"],
    [
      "a revocation for the reason `person` by the system",
      { ...revoked(), actor: CLOCK },
      "the actor is not the one of this revocation",
    ],
  ])("%s", async (_, entry, why) => {
    expect(await forge.forge(await activated(forge.ledger), [entry])).toEqual(rejected(why));
  });

  test("if it is a revocation or a denial by the requester", async () => {
    expect(await forge.forge(await activated(forge.ledger), [revoked(DANA2)])).toEqual(self);
    const denied = fresh({ type: "bypass.denied", roleAsOf: null }, DANA2, { reason: "x" });
    expect(await forge.forge(await declare(forge.ledger), [denied])).toEqual(self);
  });

  test("if it is a withdrawal by someone other than the requester", async () => {
    const withdrawn = { ...withdrawal(), actor: LEO };
    expect(await forge.forge(await declare(forge.ledger), [withdrawn])).toEqual(
      rejected("only the requester can withdraw"),
    );
  });

  test("if the bypass has already ended", async () => {
    const n = await activated(forge.ledger);
    taken(await change(forge.ledger, n, closed(DANA2)));
    for (const entry of [revoked(), closed(), fresh({ type: "grant.warned" }, CLOCK)]) {
      expect(await forge.forge(n, [entry])).toEqual(settled);
    }
  });

  test("if it is a Close at the end of the grant or later, which must be an expiry", async () => {
    const n = await activated(forge.ledger);
    await forge.moveClock(3_600_000);
    const late = (entry: Fresh) => ({ ...entry, at: ENDS });
    expect(await forge.forge(n, [late(closed())])).toEqual(rejected("the grant has reached its end"));
    expect(await change(forge.ledger, n, late(expired))).toMatchObject({ ok: true });
    await forge.moveClock(0);
  });

  test("if it lapses too early, or waives the review of a waiting request", async () => {
    const n = await declare(forge.ledger);
    const lapsed = fresh({ type: "bypass.lapsed", why: "no_ack" }, CLOCK);
    const waived = fresh({ type: "review.waived", why: "never_active" }, CLOCK);
    expect(await forge.forge(n, [lapsed])).toEqual(rejected("it is too early to give up"));
    expect(await forge.forge(n, [waived])).toEqual(rejected("a review is waived only when nothing was ever active"));
    expect(await change(forge.ledger, n, denial(), waived)).toMatchObject({ ok: true });
  });
});

describe("the time of an entry", () => {
  const minutes = 60_000;
  test.each(["1999-01-01T00:00:00.000Z", "2099-01-01T00:00:00.000Z", later(-6 * 60), later(7 * 60)])(
    "is refused as a conflict when it is %s",
    async (at) => {
      const declared = declaration().map((entry) => ({ ...entry, at }));
      // A conflict, so that a delayed decision is made again with the current time.
      expect(await forge.ledger.commit(declareItem(newId("time"), declared))).toEqual({ ok: false, why: "conflict" });
    },
  );

  test("may be some minutes behind the database's clock, because a process may have been suspended", async () => {
    const declared = declaration().map((entry) => ({ ...entry, at: later(-4 * 60 + 5) }));
    expect(await forge.ledger.commit(declareItem(newId("time"), declared))).toMatchObject({ ok: true });
    await forge.moveClock(30 * minutes);
    const moved = declaration().map((entry) => ({ ...entry, at: later(29 * 60) }));
    expect(await forge.ledger.commit(declareItem(newId("time"), moved))).toMatchObject({ ok: true });
    await forge.moveClock(0);
  });

  test("never runs backwards in a bypass, and stands still after the clock was set back", async () => {
    await forge.moveClock(8 * minutes);
    const n = await declare(
      forge.ledger,
      declaration().map((entry) => ({ ...entry, at: later(8 * 60) })),
    );
    await forge.moveClock(0);
    expect(await forge.forge(n, [logLine("x")])).toEqual(rejected("the entry is older than the one before it"));
    expect(await change(forge.ledger, n, { ...logLine("x"), at: later(8 * 60) })).toMatchObject({ ok: true });
  });
});

test("a verification finds only the moved clock after all attempts", async () => {
  const findings = await forge.findings();
  expect(findings.filter(({ message }) => !message.includes("long before entries"))).toEqual([]);
  expect(findings.map(({ kind }) => kind)).toEqual(["violation", "violation"]);
});
