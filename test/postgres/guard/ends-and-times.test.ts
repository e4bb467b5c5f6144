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
  MIA,
  newId,
  taken,
  waiver,
  withdrawal,
} from "../../contract/items.js";
import { activated, declarationAck, type Forge, type Fresh, openForge, rejected, self, settled } from "./forge.js";

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

  test("is not raised in escalation, nor counted as reminded, before the time", async () => {
    const escalation = [{ role: "on-call-lead", afterSeconds: 60 }];
    const n = await declare(forge.ledger, declaration({ ack: { ...declarationAck(), escalation } }));
    const escalated = (step: number, role: string) => fresh({ type: "ack.escalated", step, role }, CLOCK);
    const reminded = (count: number) => fresh({ type: "ack.reminded", count }, CLOCK);
    const tooEarly = rejected("the step was not declared, or is not due");
    const tooSoon = rejected("it is too early for that reminder");
    for (const [step, role] of [
      [0, "on-call-lead"],
      [7, "on-call-lead"],
    ] as const)
      expect(await forge.forge(n, [escalated(step, role)])).toEqual(tooEarly);
    for (const count of [-5, 0, 1]) expect(await forge.forge(n, [reminded(count)])).toEqual(tooSoon);
    await forge.moveClock(240_000);
    const late = (entry: Fresh): Fresh => ({ ...entry, at: later(200) });
    expect(await forge.forge(n, [late(escalated(0, "somebody"))])).toEqual(tooEarly);
    expect(await forge.forge(n, [late(reminded(2))])).toEqual(tooSoon);
    expect(await change(forge.ledger, n, late(escalated(0, "on-call-lead")), late(reminded(1)))).toMatchObject({
      ok: true,
    });
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

describe("a no after the end is refused", () => {
  const no = (answer: "deny" | "revoke" = "deny", actor = LEO) =>
    fresh({ type: "bypass.rejected_late", answer, roleAsOf: null }, actor, { reason: "x" });
  const withdrawn = async () => {
    const n = await declare(forge.ledger);
    taken(await change(forge.ledger, n, withdrawal(), waiver()));
    return n;
  };

  test("while the bypass is open", async () => {
    expect(await forge.forge(await activated(forge.ledger), [no()])).toEqual(rejected("the bypass is not over"));
  });

  test("from the requester", async () => {
    expect(await forge.forge(await withdrawn(), [no("deny", DANA2)])).toEqual(self);
  });

  test("if somebody said no before, or a Revoke meets no grant", async () => {
    const n = await withdrawn();
    expect(await forge.forge(n, [no("revoke")])).toEqual(rejected("there was no grant"));
    taken(await change(forge.ledger, n, no()));
    expect(await forge.forge(n, [no("deny", MIA)])).toEqual(rejected("somebody said no before"));
  });

  test("more than a quarter of an hour later", async () => {
    const n = await withdrawn();
    await forge.moveClock(16 * 60_000);
    const late = (seconds: number) => ({ ...no(), at: later(seconds) });
    expect(await forge.forge(n, [late(15 * 60 + 1)])).toEqual(rejected("the bypass has been over for too long"));
    taken(await change(forge.ledger, n, late(15 * 60)));
    await forge.moveClock(0);
  });
});

describe("the time of an entry", () => {
  const minutes = 60_000;
  test.each(["1999-01-01T00:00:00.000Z", "2099-01-01T00:00:00.000Z", later(-6 * 60), later(60)])(
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

  const conflict = { ok: false, why: "conflict" };

  test("may be at most two seconds ahead of the database's clock", async () => {
    const n = await declare(forge.ledger);
    const at = async (ms: number): Promise<string> => new Date((await forge.ledger.now()).getTime() + ms).toISOString();
    // The clock goes on between the question and the commit, so only what stays ahead for long can be refused.
    expect(await forge.forge(n, [{ ...logLine("x"), at: await at(60_000) }])).toEqual(conflict);
    expect(await forge.forge(n, [{ ...logLine("x"), at: await at(1_000) }])).toMatchObject({ ok: true });
  });

  test("is not ahead of the clock at all when a grant begins or ends, or a request lapses or goes on alone", async () => {
    // The clock stands still, so that no time passes between the decision and the commit.
    const at = Date.parse(later(10 * 60));
    await forge.stopClock(at);
    const now = new Date(at).toISOString();
    const ahead = new Date(at + 1).toISOString();
    const declared = (over: Parameters<typeof declaration>[0]) =>
      declare(
        forge.ledger,
        declaration(over).map((entry) => ({ ...entry, at: now })),
      );
    const grant = (from: string) =>
      fresh(
        { type: "bypass.activated", endsAt: new Date(Date.parse(from) + 1_000).toISOString(), approved: false },
        DANA,
      );
    const none = { ...declarationAck(), needed: 0 };
    const early = async (n: number, time: string, ...entries: readonly Fresh[]) =>
      forge.forge(
        n,
        entries.map((entry) => ({ ...entry, at: time })),
        null,
      );
    const waiting = await declared({
      ack: { ...declarationAck(), needed: 1, giveUpAfterSeconds: 1, aloneAfterSeconds: 1 },
    });
    const open = await declared({ ack: none, durationSeconds: 1 });
    expect(await early(open, ahead, grant(ahead))).toEqual(conflict);
    expect(await forge.forge(open, [{ ...grant(now), at: now }], new Date(at + 1_000).toISOString())).toMatchObject({
      ok: true,
    });
    const end = new Date(at + 1_000).toISOString();
    const lapsed = fresh({ type: "bypass.lapsed", why: "no_ack" }, CLOCK);
    const alone = fresh({ type: "bypass.proceeded_alone" }, DANA);
    await forge.stopClock(at + 999);
    expect(await early(open, end, fresh({ type: "bypass.expired" }, CLOCK))).toEqual(conflict);
    expect(await early(waiting, end, lapsed)).toEqual(conflict);
    expect(await early(waiting, end, alone)).toEqual(conflict);
    await forge.stopClock(at + 1_000);
    expect(await early(open, end, fresh({ type: "bypass.expired" }, CLOCK))).toMatchObject({ ok: true });
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
  expect(new Set(findings.map(({ kind }) => kind))).toEqual(new Set(["violation"]));
});
