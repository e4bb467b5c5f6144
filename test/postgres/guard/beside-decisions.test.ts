import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  CLOCK,
  DANA,
  declaration,
  declare,
  declareItem,
  denial,
  fresh,
  itemOf,
  later,
  logLine,
  newId,
  POLICY,
  policyChanged,
  stateOf,
  systemItem,
  taken,
  waiver,
  withdrawal,
} from "../../contract/items.js";
import { activated, type Forge, forged, openForge, rejected } from "./forge.js";

let forge: Forge;
beforeAll(async () => {
  forge = await openForge();
  taken(await forge.ledger.commit(policyChanged(POLICY)));
});
afterAll(() => forge.close());

describe("the commit function", () => {
  test("rejects a command id that was used in another stream, instead of calling it a duplicate", async () => {
    const n = await declare(forge.ledger);
    const id = newId("squat");
    taken(await forge.ledger.commit(systemItem({ type: "bot.stopped", instance: "q" }, {}, id)));
    const honest = itemOf({ n, state: await stateOf(forge.ledger, n), entries: [denial()], commandId: id });
    expect(await forge.ledger.commit(honest)).toEqual(rejected("the command id was used for another stream"));
  });

  test("rejects a command id that was used for other events of the same stream", async () => {
    const used = { ok: false, why: "id_used" };
    const n = await activated(forge.ledger);
    const id = newId("guessed");
    taken(await forge.ledger.commit(forged(n, await stateOf(forge.ledger, n), [logLine("x")], undefined, id)));
    const closed = [fresh({ type: "bypass.closed" }, DANA)];
    expect(await forge.ledger.commit(forged(n, await stateOf(forge.ledger, n), closed, null, id))).toEqual(used);
    const stopped = systemItem({ type: "bot.stopped", instance: "q" }, {}, newId("guessed"));
    taken(await forge.ledger.commit(stopped));
    const digest = { type: "digest.queued", slot: later(0), channel: "C0INC" } as const;
    expect(await forge.ledger.commit(systemItem(digest, {}, stopped.commandId))).toEqual(used);
    expect(await forge.ledger.known(stopped.commandId, "digest.queued")).toBe(false);
    expect(await forge.ledger.known(stopped.commandId, "bot.stopped")).toBe(true);
  });

  test("lets a command that did something else on an older state be decided again", async () => {
    const n = await declare(forge.ledger);
    const before = await stateOf(forge.ledger, n);
    const item = forged(n, before, [logLine("x")]);
    taken(await forge.ledger.commit(item));
    const late = forged(n, before, [withdrawal(), waiver()], null, item.commandId);
    expect(await forge.ledger.commit(late)).toEqual({ ok: false, why: "conflict" });
  });

  test("calls the same command a duplicate, although its times and nonces differ", async () => {
    const n = await declare(forge.ledger);
    const id = newId("again");
    const again = async () => forged(n, await stateOf(forge.ledger, n), [{ ...logLine("x") }], undefined, id);
    taken(await forge.ledger.commit(await again()));
    expect(await forge.ledger.commit(await again())).toMatchObject({ ok: true, duplicate: true });
  });

  test("records a policy only under the hash of its text", async () => {
    const lie = systemItem({ type: "policy.changed", policyHash: "evil", was: null }, { policy: "x" });
    expect(await forge.ledger.commit(lie)).toEqual(rejected("the hash is not that of the policy"));
    expect(await forge.ledger.commit(policyChanged("version: 1"))).toMatchObject({ ok: true });
  });

  test("does not redact the text of a policy, in the system's stream or through a bypass", async () => {
    const { lastSeq } = taken(await forge.ledger.commit(policyChanged("version: 1 # kept")));
    const place = { seq: lastSeq, field: "policy" } as const;
    const item = systemItem({ type: "text.redacted", provenOrigins: [], ...place }, { reason: "x" });
    const result = await forge.ledger.redact(item, place, []);
    expect(result).toEqual(rejected("the stream is neither a bypass nor the system, or takes no such change"));
    const n = await declare(forge.ledger);
    const through = forged(n, await stateOf(forge.ledger, n), [
      fresh({ type: "text.redacted", provenOrigins: [], ...place }),
    ]);
    expect(await forge.ledger.redact(through, place, [])).toEqual(
      rejected("there is no such text, or it was redacted before"),
    );
  });

  test("does not queue an effect of an unknown kind", async () => {
    const n = await declare(forge.ledger);
    const item = forged(n, await stateOf(forge.ledger, n), [logLine("x")]);
    const wire = {
      ...item,
      entries: item.entries.map(({ body, texts }) => ({ body, texts })),
      effects: [{ lane: "x", messageKey: null, effect: { kind: "bogus" } }],
    };
    const [row] =
      await forge.app`SELECT breakglass.commit(${forge.app.json(JSON.parse(JSON.stringify([wire])))}) AS results`;
    expect(row?.results).toEqual([rejected("there is no such effect")]);
  });

  test("cannot be blocked by row locks of the run-time role", async () => {
    await expect(forge.app`SELECT FROM breakglass.head FOR UPDATE`).rejects.toMatchObject({ code: "42501" });
    await expect(forge.app`SELECT FROM breakglass.head FOR SHARE`).rejects.toMatchObject({ code: "42501" });
    expect(await forge.ledger.commit(declareItem())).toMatchObject({ ok: true });
  });
});

test("a verification finds no violation after all attempts on the commit function", async () => {
  expect(await forge.findings()).toEqual([]);
});

describe("values that could not be read back are rejected", () => {
  test("a review with an impossible due time, and a next check before the declaration", async () => {
    const due = (dueAt: string) =>
      declaration().map((entry) =>
        entry.event.type === "review.opened" ? { ...entry, event: { ...entry.event, dueAt } } : entry,
      );
    for (const dueAt of ["infinity", "290000-01-01T00:00:00.000Z", "some day"])
      expect(await forge.ledger.commit(declareItem(newId("due"), due(dueAt)))).toMatchObject({ why: "rejected" });
    for (const nextDueAt of ["-infinity", "2000-01-01T00:00:00.000Z"])
      expect(await forge.ledger.commit({ ...declareItem(), nextDueAt })).toMatchObject({ why: "rejected" });
  });

  test.each([
    ["durationSeconds", /"durationSeconds":3600/, '"durationSeconds":"an hour"'],
    ["needed", /"needed":2/, '"needed":null'],
    ["gates", /"gates":\["e2e-suite"\]/, '"gates":[null]'],
    ["path", /"path":"emergency_deploy"/, '"path":null'],
    ["version", /"version":1}/, '"version":"1"}'],
    ["time", /:\d\d\.\d{3}Z"/, ':60.000Z"'],
  ])("a declaration with a mistyped %s", async (_, from, to) => {
    const item = declareItem();
    const entries = item.entries.map((entry) => ({ ...entry, body: entry.body.replace(from, to) }));
    expect(entries[0]?.body).toContain(to);
    expect(await forge.ledger.commit({ ...item, entries })).toMatchObject({ why: "rejected" });
  });
});

test("a command id of one change is rejected for a declaration or a redaction of the same bypass", async () => {
  const n = await declare(forge.ledger);
  const line = itemOf({ n, state: await stateOf(forge.ledger, n), entries: [logLine("a token")] });
  const { lastSeq: seq } = taken(await forge.ledger.commit(line));
  const used = rejected("the command id was used for another change");
  expect(await forge.ledger.commit(declareItem(line.commandId))).toEqual(used);
  const place = { seq, field: "line" } as const;
  const entries = [fresh({ type: "text.redacted", provenOrigins: [], ...place }, DANA, { reason: "a token" })];
  const redaction = { n, state: await stateOf(forge.ledger, n), entries };
  expect(await forge.ledger.redact(itemOf({ ...redaction, commandId: line.commandId }), place, [])).toEqual(used);
  const item = itemOf(redaction);
  taken(await forge.ledger.redact(item, place, []));
  expect(await forge.ledger.redact(item, place, [])).toMatchObject({ ok: true, duplicate: true });
});

// Last, because it moves the clock, which a verification reports.
test("a command that came upon the end of a grant at one of its tries only is a duplicate at the others", async () => {
  const n = await activated(forge.ledger);
  await forge.moveClock(2 * 3_600_000);
  const id = newId("end");
  const late = (entry: ReturnType<typeof fresh>) => ({ ...entry, at: later(2 * 3_600) });
  const expired = late(fresh({ type: "bypass.expired" }, CLOCK));
  const first = forged(n, await stateOf(forge.ledger, n), [expired, late(logLine("x"))], null, id);
  taken(await forge.ledger.commit(first));
  const again = async () => forged(n, await stateOf(forge.ledger, n), [late(logLine("x"))], null, id);
  expect(await forge.ledger.commit(await again())).toMatchObject({ ok: true, duplicate: true });
  const second = { ...first, expectedVersion: first.expectedVersion + 2 };
  expect(await forge.ledger.commit(second)).toMatchObject({ ok: true, duplicate: true });
  await forge.moveClock(0);
});
