import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Effect, MessageKey } from "../../src/domain/bypass/effects.js";
import type { Ledger, Outbox } from "../../src/usecases/ports/ports.js";
import { declaration, declareItem, newId, taken } from "./items.js";

/** An outbox, the ledger that fills it, and the hands of the clock that both go by. */
export interface OutboxSetup {
  readonly outbox: Outbox;
  readonly ledger: Ledger;
  readonly moveOn: (ms: number) => Promise<void>;
  /** Lets so much time of a lease go by, which no hand on a clock can do. */
  readonly leasesAge: (ms: number) => Promise<void>;
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

/** What every `Outbox` does. A lease is 30 s. */
export function outboxContract(name: string, make: () => Promise<OutboxSetup>): void {
  describe(`Outbox: ${name}`, () => {
    let testApp: OutboxSetup;
    let outbox: Outbox;

    beforeAll(async () => {
      testApp = await make();
      outbox = testApp.outbox;
    });
    afterAll(() => testApp.stop());

    /** A new bypass with these effects; answers its number and the ids of its rows. */
    const put = async (...effects: Effect[]): Promise<{ n: number; ids: string[] }> => {
      const result = taken(await testApp.ledger.commit(declareItem(newId("outbox"), declaration(), effects)));
      expect(result.effects).toHaveLength(effects.length);
      return { n: result.n ?? 0, ids: result.effects.map(({ id }) => id) };
    };
    const one = async (effect: Effect) => {
      const { n, ids } = await put(effect);
      return { n, id: ids[0] ?? "" };
    };

    test("a row is claimed once, with its effect, its bypass and its age", async () => {
      const { n, id } = await one(ALERT);
      const claimed = await outbox.claim(id);
      expect(claimed).toMatchObject({ id, n, effect: ALERT, attempt: 1 });
      expect(Math.abs((claimed?.createdAt.getTime() ?? 0) - (await testApp.ledger.now()).getTime())).toBeLessThan(
        60_000,
      );
      expect(await outbox.claim(id)).toBeNull();
    });

    test("of many who claim a row at once one gets it", async () => {
      const { id } = await one(ALERT);
      const claims = await Promise.all(Array.from({ length: 8 }, () => outbox.claim(id)));
      expect(claims.filter((claim) => claim !== null)).toHaveLength(1);
    });

    test("an id that is none, or of no row, is nobody's", async () => {
      expect(await outbox.claim("42")).toBeNull();
      expect(await outbox.claim("123e4567-e89b-42d3-a456-426614174000")).toBeNull();
    });

    test("within a lane the order holds; another lane does not wait", async () => {
      const { ids } = await put(ALERT, settled, ask("U0LEO"));
      const [alert = "", thread = "", direct = ""] = ids;
      expect(await outbox.claim(thread)).toBeNull();
      const claimable = await outbox.claimable(1_000);
      expect(ids.filter((id) => claimable.includes(id))).toEqual([alert, direct]);
      expect(await outbox.claim(direct)).not.toBeNull();
      expect(await outbox.claim(alert)).not.toBeNull();
      expect(await outbox.claim(thread)).toBeNull();
      expect(await outbox.finish(alert, { posted: PLACE, renderedVersion: 2 })).toEqual({ next: [thread] });
      expect(await outbox.claim(thread)).toMatchObject({ effect: settled });
      expect(await outbox.finish(thread, {})).toEqual({ next: [] });
    });

    test("a row that was given up lets its lane go on and is never claimed again", async () => {
      const { ids } = await put(ALERT, settled);
      const [alert = "", thread = ""] = ids;
      await outbox.claim(alert);
      expect(await outbox.fail(alert, "channel_not_found")).toEqual({ next: [thread] });
      await testApp.moveOn(60_000);
      expect(await outbox.claim(alert)).toBeNull();
      expect(await outbox.claim(thread)).not.toBeNull();
    });

    test("a row that was given back is claimed again after the delay, as the next try, and its lane waits", async () => {
      const { ids } = await put(ALERT, settled);
      const [alert = "", thread = ""] = ids;
      await outbox.claim(alert);
      await outbox.release(alert, 5_000, "ratelimited");
      expect(await outbox.claim(alert)).toBeNull();
      expect(await outbox.claim(thread)).toBeNull();
      await testApp.moveOn(5_001);
      expect(await outbox.claim(alert)).toMatchObject({ attempt: 2 });
    });

    test("a claim runs out after the lease, so that a dead process blocks nothing", async () => {
      const { id } = await one(ALERT);
      await outbox.claim(id);
      await testApp.leasesAge(20_000);
      expect(await outbox.claim(id)).toBeNull();
      await testApp.leasesAge(10_001);
      expect(await outbox.claimable(1_000)).toContain(id);
      expect(await outbox.claim(id)).toMatchObject({ attempt: 2 });
    });

    test("a clock that is moved on does not make a claim look abandoned", async () => {
      const { id } = await one(ALERT);
      await outbox.claim(id);
      await testApp.moveOn(31_000);
      expect(await outbox.claimable(1_000)).not.toContain(id);
      expect(await outbox.claim(id)).toBeNull();
    });

    test("finishing twice is harmless and says the same", async () => {
      const { ids } = await put(ALERT, settled);
      const [alert = "", thread = ""] = ids;
      await outbox.claim(alert);
      await outbox.finish(alert, { posted: PLACE });
      expect(await outbox.finish(alert, {})).toEqual({ next: [thread] });
    });

    test("updates that a message already shows are finished with the one that showed them", async () => {
      const { ids } = await put(update(3), update(4), settled, update(9));
      const [first = "", second = "", thread = "", late = ""] = ids;
      await outbox.claim(first);
      expect(await outbox.finish(first, { renderedVersion: 4 })).toEqual({ next: [thread] });
      expect(await outbox.claim(second)).toBeNull();
      await outbox.claim(thread);
      expect(await outbox.finish(thread, {})).toEqual({ next: [late] });
    });

    test("updates of another message are left alone", async () => {
      const { ids } = await put(update(3), update(3, "thread:reminder:7"));
      const [first = "", other = ""] = ids;
      await outbox.claim(first);
      expect(await outbox.finish(first, { renderedVersion: 5 })).toEqual({ next: [other] });
    });

    test("it is known where a message stands, and which version it shows", async () => {
      const { n, ids } = await put(ALERT, update(3), ask("U0LEO"));
      const [alert = "", change = "", direct = ""] = ids;
      expect(await outbox.posted(n, "alert")).toBeNull();
      await outbox.claim(alert);
      await outbox.finish(alert, { posted: PLACE, renderedVersion: 2 });
      expect(await outbox.posted(n, "alert")).toEqual({ ...PLACE, renderedVersion: 2 });
      await outbox.claim(change);
      await outbox.finish(change, { renderedVersion: 6 });
      expect(await outbox.posted(n, "alert")).toEqual({ ...PLACE, renderedVersion: 6 });
      await outbox.claim(direct);
      const there = { channel: "D0LEO", ts: "1700000001.000100" };
      await outbox.finish(direct, { posted: there });
      expect(await outbox.allPosted(n)).toEqual([
        { key: "alert", at: PLACE },
        { key: "dm:U0LEO:ask:1", at: there },
      ]);
    });

    test("the backlog counts what is unfinished and the age of the oldest", async () => {
      const { id } = await one(ALERT);
      const before = await outbox.backlog();
      await testApp.moveOn(10_000);
      expect((await outbox.backlog()).oldestSeconds - before.oldestSeconds).toBeGreaterThanOrEqual(10);
      await outbox.claim(id);
      await outbox.finish(id, {});
      expect((await outbox.backlog()).waiting).toBe(before.waiting - 1);
    });
  });
}
