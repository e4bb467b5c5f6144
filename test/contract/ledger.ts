import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { CommitItem, Ledger } from "../../src/usecases/ports/ports.js";
import {
  activation,
  approval,
  change,
  DANA,
  DANA2,
  declaration,
  declare,
  declareItem,
  denial,
  fresh,
  itemOf,
  LEO,
  logLine,
  MIA,
  newId,
  stateOf,
  systemItem,
  taken,
  withdrawal,
} from "./items.js";

/** The contract of `Ledger`, run on every implementation. */
export function ledgerContract(name: string, make: () => Promise<{ ledger: Ledger; stop: () => Promise<void> }>): void {
  describe(`Ledger: ${name}`, () => {
    let ledger: Ledger;
    let stop = async (): Promise<void> => {};

    beforeAll(async () => {
      ({ ledger, stop } = await make());
    });
    afterAll(() => stop());

    const ok = async (item: CommitItem) => taken(await ledger.commit(item));
    const next = async (n: number, ...entries: Parameters<typeof itemOf>[0]["entries"]) =>
      itemOf({ n, state: await stateOf(ledger, n), entries });

    test("a declaration gets the next number, and its entries are read back as they were", async () => {
      const before = await declare(ledger);
      const entries = declaration();
      const result = await ok(declareItem(newId("declare"), entries, []));
      expect(result).toMatchObject({ n: before + 1, duplicate: false, effects: [] });
      expect(result.lastSeq).toBe(result.firstSeq + 1);
      expect(result.head).toMatch(/^[0-9a-f]{24}$/);
      const loaded = await ledger.load(before + 1);
      expect(loaded.entries).toEqual(entries.map(({ event, actor, at }, i) => ({ event, actor, at, version: i + 1 })));
      expect(loaded.now).toBeInstanceOf(Date);
    });

    test("a bypass that does not exist has no entries, and its load still returns the clock", async () => {
      const { entries, now } = await ledger.load(999_999);
      expect(entries).toEqual([]);
      expect(now.getTime()).toBeGreaterThan(0);
    });

    test("a repeated command changes nothing and gets the same answer", async () => {
      const item = declareItem(newId("twice"), declaration(), [{ kind: "alert.post" }]);
      const first = await ok(item);
      expect(await ledger.known(item.commandId)).toBe(true);
      const second = await ok(item);
      expect(second).toEqual({ ...first, duplicate: true });
      expect(first.effects).toHaveLength(1);
      expect((await ledger.load(first.n ?? 0)).entries).toHaveLength(2);
    });

    test("concurrent commits of one command are done once", async () => {
      const item = declareItem(newId("at once"));
      const results = await Promise.all([ledger.commit(item), ledger.commit(item), ledger.commit(item)]);
      expect(new Set(results.map((result) => taken(result).n)).size).toBe(1);
      expect(results.map((result) => taken(result).duplicate).sort()).toEqual([false, true, true]);
    });

    test("a refused command is not known", async () => {
      const n = await declare(ledger);
      const late = { ...(await next(n, approval())), expectedVersion: 1 };
      expect(await ledger.commit(late)).toEqual({ ok: false, why: "conflict" });
      expect(await ledger.known(late.commandId)).toBe(false);
      expect((await ledger.load(n)).entries).toHaveLength(2);
    });

    test("one of eight settlements decided on the same state is accepted", async () => {
      const n = await declare(ledger);
      const items = await Promise.all(
        Array.from({ length: 8 }, (_, i) => next(n, i % 2 === 0 ? denial(`no ${i}`) : withdrawal())),
      );
      const results = await Promise.all(items.map((item) => ledger.commit(item)));
      expect(results.filter(({ ok }) => ok)).toHaveLength(1);
      expect(results.filter((result) => !result.ok && result.why === "conflict")).toHaveLength(7);
      expect((await ledger.load(n)).entries).toHaveLength(3);
    });

    test("requesters cannot approve their own bypass, not even from another account", async () => {
      const n = await declare(ledger);
      const self = { ok: false, why: "own_bypass" };
      expect(await change(ledger, n, approval(DANA))).toEqual(self);
      expect(await change(ledger, n, approval(DANA2))).toEqual(self);
      expect(await change(ledger, n, approval({ ...DANA, person: "somebody-else" }))).toEqual(self);
      expect(await change(ledger, n, approval(LEO))).toMatchObject({ ok: true });
    });

    test("one person can approve only once, whatever the account", async () => {
      const n = await declare(ledger);
      taken(await change(ledger, n, approval(LEO)));
      const repeated = { ok: false, why: "repeated_approval" };
      expect(await change(ledger, n, approval(LEO, 2))).toEqual(repeated);
      expect(await change(ledger, n, approval({ ...LEO, user: "W0LEO2" }, 2))).toEqual(repeated);
      expect(await change(ledger, n, approval({ ...LEO, person: "renamed" }, 2))).toEqual(repeated);
      expect(await change(ledger, n, approval(MIA, 2), activation())).toMatchObject({ ok: true });
    });

    test("a settled bypass is neither settled nor approved again, even when the domain allows it", async () => {
      const n = await declare(ledger);
      const state = await stateOf(ledger, n);
      taken(await change(ledger, n, denial()));
      const settled = { ok: false, why: "already_settled" };
      for (const entry of [withdrawal(), activation(), approval(MIA)]) {
        const item = itemOf({ n, state: state === null ? null : { ...state, version: 3 }, entries: [entry] });
        expect(await ledger.commit(item)).toEqual(settled);
      }
    });

    test("a rejected item does not affect the others in its statement", async () => {
      const malformed = { ...declareItem(), entries: [{ body: '{"v":1', texts: [] }] };
      const nul = declareItem(newId("nul"), declaration({}, { reason: "a\u0000b" }));
      const results = await Promise.all(
        [declareItem(), malformed, declareItem(), nul, declareItem()].map((item) => ledger.commit(item)),
      );
      expect(results.map((result) => (result.ok ? "taken" : result.why))).toEqual([
        "taken",
        "rejected",
        "taken",
        "rejected",
        "taken",
      ]);
      const numbers = results.flatMap((result) => (result.ok ? [result.n ?? 0] : []));
      expect(numbers).toEqual([0, 1, 2].map((i) => (numbers[0] ?? 0) + i));
    });

    test("items that violate the format of the trail are rejected", async () => {
      const n = await declare(ledger);
      const good = await next(n, approval());
      const [entry] = good.entries;
      const body = entry?.body ?? "";
      const swapped = (from: string, to: string) => ({
        ...good,
        entries: [{ body: body.replace(from, to), texts: [] }],
      });
      const broken: CommitItem[] = [
        { ...good, entries: [] },
        { ...good, commandId: "" },
        { ...good, nextDueAt: null },
        { ...good, stream: { kind: "bypass", n: 999_999 } },
        { ...good, commandId: newId("other") },
        swapped('"v":1', '"v":2'),
        swapped(`"BG-${n}"`, '"BG-1000"'),
        swapped('"version":3', '"version":4'),
        swapped('"ack.given"', '"Ack Given!"'),
        swapped('"ack.given"', '"bypass.declared"'),
        swapped('"kind":"person"', '"kind":"ghost"'),
        itemOf({ n: null, state: await stateOf(ledger, n), entries: [approval()] }),
        { ...declareItem(), entries: good.entries },
      ];
      for (const item of broken) {
        const result = await ledger.commit(item);
        expect(result.ok ? "taken" : result.why).toMatch(/^(rejected|conflict)$/);
      }
      expect((await ledger.load(n)).entries).toHaveLength(2);
      expect(await ledger.commit(good)).toMatchObject({ ok: true });
    });

    test("an item with a changed, missing or additional text is rejected", async () => {
      const n = await declare(ledger);
      const good = await next(n, logLine("restarted the pool"));
      const [entry] = good.entries;
      const texts = entry?.texts ?? [];
      const body = entry?.body ?? "";
      for (const faulty of [
        texts.map((text) => ({ ...text, text: "restarted the pools" })),
        [],
        [...texts, ...texts.map((text) => ({ ...text, field: "reason" as const }))],
      ]) {
        const result = await ledger.commit({ ...good, entries: [{ body, texts: faulty }] });
        expect(result).toMatchObject({ ok: false, why: "rejected" });
      }
      expect(await ledger.commit(good)).toMatchObject({ ok: true });
    });

    test("system events are part of the same chain and have no bypass number", async () => {
      const first = await ok(systemItem({ type: "bot.stopped", instance: "one" }));
      const second = await ok(systemItem({ type: "bot.stopped", instance: "two" }));
      expect(first.n).toBeNull();
      expect(second.firstSeq).toBe(first.lastSeq + 1);
    });

    test("a redaction is recorded in the trail and done once", async () => {
      const declared = await ok(declareItem());
      const n = declared.n ?? 0;
      const place = { seq: declared.firstSeq, field: "reason" } as const;
      const entry = fresh({ type: "text.redacted", provenOrigins: [], ...place });
      const result = taken(await ledger.redact(await next(n, entry), place, []));
      expect((await ledger.load(n)).entries.at(-1)?.event).toEqual({
        type: "text.redacted",
        provenOrigins: [],
        ...place,
      });
      expect(result.n).toBe(n);
      expect(await ledger.redact(await next(n, entry), place, [])).toMatchObject({ ok: false, why: "rejected" });
    });

    test("a redaction that would take an origin with it that nobody looked at is a conflict", async () => {
      const declared = await ok(declareItem());
      const n = declared.n ?? 0;
      const place = { seq: declared.firstSeq, field: "reason" } as const;
      const line = fresh({ type: "bypass.logged", via: "command" }, DANA, { line: "x", origin: "{}" });
      const { lastSeq: at } = await ok(await next(n, line));
      const redaction = async () => next(n, fresh({ type: "text.redacted", provenOrigins: [], ...place }));
      expect(await ledger.redact(await redaction(), place, [])).toMatchObject({ ok: false, why: "conflict" });
      expect(await ledger.redact(await redaction(), place, [at, 999_999])).toMatchObject({ ok: true });
    });

    test("a redaction of no text, or of another text than its entry names, is refused", async () => {
      const declared = await ok(declareItem());
      const n = declared.n ?? 0;
      const other = await ok(declareItem());
      const place = { seq: declared.firstSeq, field: "reason" } as const;
      const entry = fresh({ type: "text.redacted", provenOrigins: [], ...place });
      const elsewhere = { seq: other.firstSeq, field: "reason" } as const;
      const rejected = { ok: false, why: "rejected" };
      expect(await ledger.commit(await next(n, entry))).toMatchObject(rejected);
      expect(await ledger.redact(await next(n, entry), { ...place, field: "line" }, [])).toMatchObject(rejected);
      expect(await ledger.redact(await next(n, entry), elsewhere, [])).toMatchObject(rejected);
      expect(await ledger.redact(await next(n, logLine("x")), place, [])).toMatchObject(rejected);
      const ofOther = fresh({ type: "text.redacted", provenOrigins: [], ...elsewhere });
      expect(await ledger.redact(await next(n, ofOther), elsewhere, [])).toMatchObject(rejected);
      expect(await ledger.redact(await next(n, entry), place, [])).toMatchObject({ ok: true });
    });
  });
}
