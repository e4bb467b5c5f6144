import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Effect, MessageKey } from "../../src/domain/bypass/effects.js";
import type { Ledger, Outbox } from "../../src/usecases/ports/ports.js";
import { declaration, declareItem, newId, taken } from "./items.js";

/** An outbox, the ledger that fills it, and control over the clock of both. */
export interface OutboxSetup {
  readonly outbox: Outbox;
  readonly ledger: Ledger;
  readonly advance: (ms: number) => Promise<void>;
  /** Ages all leases, which the moved clock does not affect. */
  readonly ageLeases: (ms: number) => Promise<void>;
  readonly stop: () => Promise<void>;
}

const ALERT: Effect = { kind: "alert.post" };
const ask = (to: string): Effect => ({ kind: "dm.post", to, about: "ask", version: 1, step: 0 });
const settled: Effect = { kind: "thread.post", about: "settled", version: 3, broadcast: false };
const update = (version: number, message: MessageKey = "alert"): Effect => ({
  kind: "message.update",
  message,
  version,
});
const PLACE = { channel: "C0INC", ts: "1700000000.000100" };

/** The contract of `Outbox`, run on every implementation. A lease lasts 30 s. */
export function outboxContract(name: string, make: () => Promise<OutboxSetup>): void {
  describe(`Outbox: ${name}`, () => {
    let testApp: OutboxSetup;
    let outbox: Outbox;

    beforeAll(async () => {
      testApp = await make();
      outbox = testApp.outbox;
    });
    afterAll(() => testApp.stop());

    /** Declares a bypass with these effects. Returns its number and the ids of the rows. */
    const put = async (...effects: Effect[]): Promise<{ n: number; ids: string[] }> => {
      const result = taken(await testApp.ledger.commit(declareItem(newId("outbox"), declaration(), effects)));
      expect(result.effects).toHaveLength(effects.length);
      return { n: result.n ?? 0, ids: result.effects.map(({ id }) => id) };
    };
    const putOne = async (effect: Effect) => {
      const { n, ids } = await put(effect);
      return { n, id: ids[0] ?? "" };
    };

    test("a row is claimed once, with its effect, its bypass and its age", async () => {
      const { n, id } = await putOne(ALERT);
      const claimed = await outbox.claim(id);
      expect(claimed).toMatchObject({ id, n, effect: ALERT, attempt: 1 });
      expect(Math.abs((claimed?.createdAt.getTime() ?? 0) - (await testApp.ledger.now()).getTime())).toBeLessThan(
        60_000,
      );
      expect(await outbox.claim(id)).toBeNull();
    });

    test("a row that is put off has not been tried", async () => {
      const { id } = await putOne(ALERT);
      await outbox.claim(id);
      await outbox.putOff(id, 5_000, "put_off");
      expect(await outbox.claim(id)).toBeNull();
      await testApp.advance(5_000);
      expect(await outbox.claim(id)).toMatchObject({ attempt: 1 });
      await outbox.release(id, 0, "timeout");
      expect(await outbox.claim(id)).toMatchObject({ attempt: 2 });
      await outbox.putOff(id, 0, "put_off");
      expect(await outbox.claim(id)).toMatchObject({ attempt: 2 });
      await outbox.finish(id, {});
    });

    test("of many concurrent claims of a row one succeeds", async () => {
      const { id } = await putOne(ALERT);
      const claims = await Promise.all(Array.from({ length: 8 }, () => outbox.claim(id)));
      expect(claims.filter((claim) => claim !== null)).toHaveLength(1);
    });

    test("an unknown or malformed id cannot be claimed", async () => {
      expect(await outbox.claim("42")).toBeNull();
      expect(await outbox.claim("123e4567-e89b-42d3-a456-426614174000")).toBeNull();
    });

    test("effects of one lane keep their order; another lane does not wait", async () => {
      const { ids } = await put(ALERT, settled, ask("U0LEO"));
      const [alert = "", thread = "", direct = ""] = ids;
      expect(await outbox.claim(thread)).toBeNull();
      const claimable = await outbox.claimable(1_000);
      expect(ids.filter((id) => claimable.includes(id))).toEqual([alert, direct]);
      expect(await outbox.claim(direct)).not.toBeNull();
      expect(await outbox.claim(alert)).not.toBeNull();
      expect(await outbox.claim(thread)).toBeNull();
      expect(await outbox.finish(alert, { posted: PLACE, renderedVersion: 2 })).toEqual({
        next: [thread],
        posted: PLACE,
      });
      expect(await outbox.claim(thread)).toMatchObject({ effect: settled });
      expect(await outbox.finish(thread, {})).toEqual({ next: [], posted: null });
    });

    test("a failed row is never claimed again, and its lane continues", async () => {
      const { ids } = await put(ALERT, settled);
      const [alert = "", thread = ""] = ids;
      await outbox.claim(alert);
      expect(await outbox.fail(alert, "channel_not_found")).toEqual({ next: [thread] });
      await testApp.advance(60_000);
      expect(await outbox.claim(alert)).toBeNull();
      expect(await outbox.claim(thread)).not.toBeNull();
    });

    test("a released row is claimed as the next attempt after its delay, and its lane waits", async () => {
      const { ids } = await put(ALERT, settled);
      const [alert = "", thread = ""] = ids;
      await outbox.claim(alert);
      await outbox.release(alert, 5_000, "ratelimited");
      expect(await outbox.claim(alert)).toBeNull();
      expect(await outbox.claim(thread)).toBeNull();
      await testApp.advance(5_001);
      expect(await outbox.claim(alert)).toMatchObject({ attempt: 2 });
    });

    test("a claim expires with its lease, so that a crashed process blocks nothing", async () => {
      const { id } = await putOne(ALERT);
      await outbox.claim(id);
      await testApp.ageLeases(20_000);
      expect(await outbox.claim(id)).toBeNull();
      await testApp.ageLeases(10_001);
      expect(await outbox.claimable(1_000)).toContain(id);
      expect(await outbox.claim(id)).toMatchObject({ attempt: 2 });
    });

    test("moving the clock forward does not make a claim look abandoned", async () => {
      const { id } = await putOne(ALERT);
      await outbox.claim(id);
      await testApp.advance(31_000);
      expect(await outbox.claimable(1_000)).not.toContain(id);
      expect(await outbox.claim(id)).toBeNull();
    });

    test("finishing a row twice gives the same result, with the place of the message that was first", async () => {
      const { ids } = await put(ALERT, settled);
      const [alert = "", thread = ""] = ids;
      await outbox.claim(alert);
      await outbox.finish(alert, { posted: PLACE });
      const later = { channel: "C0INC", ts: "1700000009.000100" };
      expect(await outbox.finish(alert, { posted: later })).toEqual({ next: [thread], posted: PLACE });
    });

    test("an update finishes the later ones whose version it already shows", async () => {
      const { ids } = await put(update(3), update(4), settled, update(9));
      const [first = "", second = "", thread = "", late = ""] = ids;
      await outbox.claim(first);
      expect(await outbox.finish(first, { renderedVersion: 4 })).toMatchObject({ next: [thread] });
      expect(await outbox.claim(second)).toBeNull();
      await outbox.claim(thread);
      expect(await outbox.finish(thread, {})).toMatchObject({ next: [late] });
    });

    test("an update leaves those of another message alone", async () => {
      const { ids } = await put(update(3), update(3, "thread:reminder:7"));
      const [first = "", other = ""] = ids;
      await outbox.claim(first);
      expect(await outbox.finish(first, { renderedVersion: 5 })).toMatchObject({ next: [other] });
    });

    test("the place and the rendered version of each posted message are known", async () => {
      const { n, ids } = await put(ALERT, update(3), ask("U0LEO"));
      const [alert = "", change = "", direct = ""] = ids;
      expect(await outbox.posted(n, "alert")).toBeNull();
      await outbox.claim(alert);
      await outbox.finish(alert, { posted: PLACE, renderedVersion: 2 });
      expect(await outbox.posted(n, "alert")).toEqual({ ...PLACE, outboxId: alert, renderedVersion: 2 });
      await outbox.claim(change);
      await outbox.finish(change, { renderedVersion: 6 });
      expect(await outbox.posted(n, "alert")).toEqual({ ...PLACE, outboxId: alert, renderedVersion: 6 });
      await outbox.claim(direct);
      const there = { channel: "D0LEO", ts: "1700000001.000100" };
      await outbox.finish(direct, { posted: there });
      expect(await outbox.allPosted(n)).toEqual([
        { key: "alert", at: { ...PLACE, outboxId: alert } },
        { key: "dm:U0LEO:ask:1", at: { ...there, outboxId: direct } },
      ]);
    });

    test("of some rows, those that nobody has tried yet are known", async () => {
      const { ids } = await put(ALERT, update(3), ask("U0LEO"));
      const [alert = "", change = "", direct = ""] = ids;
      expect([...(await outbox.neverTried([...ids, crypto.randomUUID(), "nothing"]))].sort()).toEqual([...ids].sort());
      await outbox.claim(alert);
      expect(await outbox.neverTried(ids)).not.toContain(alert);
      await outbox.release(alert, 0, "later");
      expect([...(await outbox.neverTried(ids))].sort()).toEqual([change, direct].sort());
      expect(await outbox.neverTried([])).toEqual([]);
    });

    test("the backlog reports the unfinished rows and the age of the oldest", async () => {
      const { id } = await putOne(ALERT);
      const before = await outbox.backlog();
      await testApp.advance(10_000);
      expect((await outbox.backlog()).oldestSeconds - before.oldestSeconds).toBeGreaterThanOrEqual(10);
      await outbox.claim(id);
      await outbox.finish(id, {});
      expect((await outbox.backlog()).waiting).toBe(before.waiting - 1);
    });
  });
}
