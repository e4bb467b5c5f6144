import { afterAll, beforeAll, expect, test } from "vitest";
import { moveDatabaseClock } from "../../../demo/moved-clock.js";
import { rowOf } from "../../../src/domain/bypass/row.js";
import type { Actor } from "../../../src/domain/events/actor.js";
import { sha256Hex } from "../../../src/domain/events/canonical.js";
import { createDatabase, type Database, DatabaseUnavailable } from "../../../src/postgres/connection/database.js";
import { createQueries } from "../../../src/postgres/queries/queries.js";
import { createLedger } from "../../../src/postgres/trail/ledger.js";
import type { Ledger, Queries, RejectionQuery } from "../../../src/usecases/ports/ports.js";
import {
  AT,
  activation,
  approval,
  CLOCK,
  change,
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
  policyChanged,
  stateOf,
  taken,
  waiver,
  withdrawal,
} from "../../contract/items.js";
import { createTestDatabase, type TestDatabase } from "../../support/postgres.js";

let testDatabase: TestDatabase;
let db: Database;
let ledger: Ledger;
let queries: Queries;

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  db = createDatabase({ url: testDatabase.appUrl, max: 4, applicationName: "queries-test" });
  ledger = createLedger(db, { deadlineMs: 10_000 });
  queries = createQueries(db, { deadlineMs: 10_000 });
});
afterAll(async () => {
  await db.end();
  await testDatabase.drop();
});

const withKey = (key: string, gates = ["e2e-suite"]) =>
  declaration({ gates, target: { kind: "service" } }, { reason: "prod is down", target_key: key });
const LONG_AGO = new Date("2026-01-01T00:00:00.000Z");

test("a bypass is read with its state, its entries, their positions in the trail and their texts", async () => {
  const texts = { reason: "prod is down", target_typed: "the shop" };
  const declared = taken(await ledger.commit(declareItem(newId("record"), declaration({}, texts))));
  const n = declared.n ?? 0;
  const denied = taken(await change(ledger, n, denial("use the runbook")));
  const record = await queries.record(n);
  expect(record?.state).toEqual(await stateOf(ledger, n));
  expect(record?.state.status).toBe("denied");
  expect(record?.entries.map(({ seq, texts: own }) => ({ seq, texts: own }))).toEqual([
    { seq: declared.firstSeq, texts },
    { seq: declared.lastSeq, texts: {} },
    { seq: denied.lastSeq, texts: { reason: "use the runbook" } },
  ]);
  expect(record?.entries.at(-1)?.head).toBe(denied.head);
  expect(record?.now).toBeInstanceOf(Date);
  expect(await queries.record(999_999)).toBeNull();
});

test("a redacted text reads as null, the state stays the same, and textAt reports the redaction", async () => {
  const declared = taken(await ledger.commit(declareItem()));
  const n = declared.n ?? 0;
  const place = { seq: declared.firstSeq, field: "reason" } as const;
  expect(await queries.textAt(place.seq, "reason")).toEqual({ n, gate: null, redacted: false });
  const before = await queries.record(n);
  const state = await stateOf(ledger, n);
  const item = itemOf({ n, state, entries: [fresh({ type: "text.redacted", provenOrigins: [], ...place })] });
  taken(await ledger.redact(item, place, []));
  const after = await queries.record(n);
  expect(after?.entries[0]?.texts).toEqual({ reason: null });
  expect({ ...after?.state, version: 0, lastAt: "" }).toEqual({ ...before?.state, version: 0, lastAt: "" });
  expect(await queries.textAt(place.seq, "reason")).toEqual({ n, gate: null, redacted: true });
  expect(await queries.textAt(place.seq, "line")).toBeNull();
  expect(await queries.textAt(999_999, "reason")).toBeNull();
});

test("the open bypasses are those requested or active, the newest first", async () => {
  const [requested, active, denied] = [await declare(ledger), await declare(ledger), await declare(ledger)];
  taken(await change(ledger, active, approval(), approval(MIA, 2), activation()));
  taken(await change(ledger, denied, denial()));
  const { bypasses, now } = await queries.open(100);
  const numbers = bypasses.map(({ n }) => n);
  expect(numbers).toEqual([...numbers].sort((a, b) => b - a));
  expect(numbers).toContain(requested);
  expect(numbers).toContain(active);
  expect(numbers).not.toContain(denied);
  for (const { n, identity, ...row } of bypasses) {
    expect(identity).toBe(await queries.identityAt(n, 1));
    const state = await stateOf(ledger, n);
    expect(row).toEqual(state === null ? null : rowOf(state));
  }
  expect(now).toBeInstanceOf(Date);
});

test("the list of reviews holds the open ones, the earliest due first, up to the limit", async () => {
  const waived = await declare(ledger);
  taken(await change(ledger, waived, denial(), fresh({ type: "review.waived", why: "never_active" }, CLOCK)));
  const { bypasses } = await queries.reviews(1_000);
  const dues = bypasses.map(({ reviewDueAt }) => reviewDueAt);
  expect(dues).toEqual([...dues].sort());
  expect(bypasses.every(({ reviewStatus }) => reviewStatus === "open")).toBe(true);
  expect(bypasses.map(({ n }) => n)).not.toContain(waived);
  expect((await queries.reviews(2)).bypasses).toHaveLength(2);
});

test("a bypass is due once the database's clock reaches its due time, and not before", async () => {
  const n = await declare(ledger);
  const state = await stateOf(ledger, n);
  const dueAt = state === null ? null : rowOf(state).nextDueAt;
  if (dueAt === null) throw new Error("a request without a next moment");
  const toDue = Date.parse(dueAt) - (await ledger.now()).getTime();
  await moveDatabaseClock(testDatabase.adminUrl, toDue - 60_000);
  expect(await queries.due(1_000)).not.toContain(n);
  await moveDatabaseClock(testDatabase.adminUrl, toDue + 1);
  expect(await queries.due(1_000)).toContain(n);
  await moveDatabaseClock(testDatabase.adminUrl, 0);
});

/** What a later bypass of these gates and that target asks for. */
const of = (
  gates: string[],
  targetKey: string | null = "service:deny-me",
  accounts = ["U0SOMEBODY"],
): RejectionQuery => ({
  kind: "bypass",
  gates,
  targetKey,
  accounts,
});

test("the last no is found by target and shared gate, and not if it is too old", async () => {
  const n = await declare(ledger, withKey("service:deny-me", ["one", "two"]));
  expect(await queries.lastRejection(of(["one"]), LONG_AGO)).toBeNull();
  taken(await change(ledger, n, denial()));
  const deniedAt = new Date(AT);
  expect(await queries.lastRejection(of(["two", "other"]), LONG_AGO)).toEqual(deniedAt);
  expect(await queries.lastRejection(of(["other"]), LONG_AGO)).toBeNull();
  expect(await queries.lastRejection(of(["one"], "service:other"), LONG_AGO)).toBeNull();
  // The requester of a denied bypass is found whatever the target, by whichever account declared it: the policy may no
  // longer link them to one person.
  for (const account of ["U0DANA", "W0DANA2"])
    expect(await queries.lastRejection(of(["one"], "service:other", [account]), LONG_AGO)).toEqual(deniedAt);
  expect(await queries.lastRejection(of(["one"]), new Date(deniedAt.getTime() + 1))).toBeNull();
  expect(await queries.lastRejection({ ...of(["one"]), kind: "drill" }, LONG_AGO)).toBeNull();
});

test("a Revoke by a person is a no, and one by the system is none", async () => {
  const revokedBy = async (gate: string, actor: Actor, why: "person" | "gate_never_bypass") => {
    const n = await declare(ledger, withKey("service:revoke-me", [gate]));
    taken(await change(ledger, n, approval(), approval(MIA, 2), activation()));
    taken(await change(ledger, n, fresh({ type: "bypass.revoked", why, roleAsOf: null }, actor)));
    return queries.lastRejection(of([gate], "service:revoke-me"), LONG_AGO);
  };
  expect(await revokedBy("by-person", LEO, "person")).toEqual(new Date(AT));
  expect(await revokedBy("by-system", { kind: "system", part: "policy" }, "gate_never_bypass")).toBeNull();
});

test("a no after the end is a no", async () => {
  const n = await declare(ledger, withKey("service:reject-me", ["late"]));
  taken(await change(ledger, n, withdrawal(), waiver()));
  expect(await queries.lastRejection(of(["late"], "service:reject-me"), LONG_AGO)).toBeNull();
  taken(await change(ledger, n, fresh({ type: "bypass.rejected_late", answer: "deny", roleAsOf: null }, LEO)));
  expect(await queries.lastRejection(of(["late"], "service:reject-me"), LONG_AGO)).toEqual(new Date(AT));
});

test("a target that cannot be compared counts as the same as any other", async () => {
  const texts = { reason: "down", target_key: "text:the old billing host" };
  const inWords = await declare(ledger, declaration({ gates: ["words"], target: { kind: "text" } }, texts));
  taken(await change(ledger, inWords, denial()));
  expect(await queries.lastRejection(of(["words"]), LONG_AGO)).not.toBeNull();

  const named = taken(await ledger.commit(declareItem(newId("named"), withKey("service:named", ["named"]))));
  taken(await change(ledger, named.n ?? 0, denial()));
  expect(await queries.lastRejection(of(["named"]), LONG_AGO)).toBeNull();
  expect(await queries.lastRejection(of(["named"], null), LONG_AGO)).not.toBeNull();
  const place = { seq: named.firstSeq, field: "target_key" } as const;
  const n = named.n ?? 0;
  const item = itemOf({
    n,
    state: await stateOf(ledger, n),
    entries: [fresh({ type: "text.redacted", provenOrigins: [], ...place })],
  });
  taken(await ledger.redact(item, place, []));
  expect(await queries.lastRejection(of(["named"]), LONG_AGO)).not.toBeNull();
});

test("a bypass is found by the channel and timestamp of its alert", async () => {
  const n = await declare(ledger);
  taken(await change(ledger, n, fresh({ type: "alert.posted", channel: "C0ALERTS", ts: "1700000000.000042" }, CLOCK)));
  expect(await queries.atMessage("C0ALERTS", "1700000000.000042")).toEqual({
    n,
    at: 1,
    identity: await queries.identityAt(n, 1),
  });
  expect(await queries.atMessage("C0OTHER", "1700000000.000042")).toBeNull();
});

test("the policy on record is the last one in the trail", async () => {
  expect(await queries.policyOnRecord()).toBeNull();
  taken(await ledger.commit(policyChanged("version: 1")));
  const two = policyChanged("version: 1 # two", sha256Hex("version: 1"));
  const second = taken(await ledger.commit(two));
  expect(await queries.policyOnRecord()).toEqual({ hash: sha256Hex("version: 1 # two"), seq: second.lastSeq });
  taken(await change(ledger, await declare(ledger), logLine("nothing about policies")));
  expect(await queries.policyOnRecord()).toEqual({ hash: sha256Hex("version: 1 # two"), seq: second.lastSeq });
});

test("a list is retried when the connection breaks during the first try", async () => {
  let asked = 0;
  const breaking: Database = {
    ...db,
    query: (build, options) => {
      asked += 1;
      if (asked === 1) return Promise.reject(new DatabaseUnavailable(options.label, "57P01", "unknown"));
      return db.query(build, options);
    },
  };
  expect((await createQueries(breaking, { deadlineMs: 10_000 }).reviews(1)).bypasses).toHaveLength(1);
  expect(asked).toBe(2);
});

test("each try of a list has less than the whole deadline, so that a hung try leaves time for another", async () => {
  const limits: (number | undefined)[] = [];
  const watching: Database = {
    ...db,
    query: (build, options) => {
      limits.push(options.deadlineMs);
      return db.query(build, options);
    },
  };
  await createQueries(watching, { deadlineMs: 10_000 }).open(1);
  expect(limits[0]).toBe(6_000);
});

test("the name of an installation derives from its trail's first entry, so no other trail has it", async () => {
  taken(await ledger.commit(declareItem(newId("installed"), declaration())));
  const id = await queries.installation();
  expect(id).toMatch(/^[0-9a-f]{12}$/);
  const [first] = await db.query<{ hash: string }>(
    (sql) => sql`SELECT encode(hash, 'hex') AS hash FROM breakglass.trail WHERE seq = 1`,
    { label: "first" },
  );
  expect(first?.hash.startsWith(id)).toBe(true);
  expect(await createQueries(db).installation()).toBe(id);
});

test("an installation without any entry has no name yet", async () => {
  const empty = await createTestDatabase();
  const other = createDatabase({ url: empty.appUrl, max: 1, applicationName: "queries-test" });
  await expect(createQueries(other).installation()).rejects.toThrow(/no entry yet/);
  await other.end();
  await empty.drop();
});
