import { createHash } from "node:crypto";
import postgres from "postgres";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { NotRecorded } from "../../../src/lib/errors.js";
import { createDatabase, type Database } from "../../../src/postgres/connection/database.js";
import { createLedger } from "../../../src/postgres/trail/ledger.js";
import type { Ledger } from "../../../src/usecases/ports/ports.js";
import { declaration, declare, declareItem, newId, systemItem, taken } from "../../contract/items.js";
import { createTestDatabase, type TestDatabase } from "../../support/postgres.js";

let testDatabase: TestDatabase;
let admin: postgres.Sql;
let db: Database;
let ledger: Ledger;

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  admin = postgres(testDatabase.adminUrl, { max: 1, onnotice: () => {} });
  db = createDatabase({ url: testDatabase.appUrl, max: 4, applicationName: "trail-test" });
  ledger = createLedger(db, { deadlineMs: 10_000 });
});
afterAll(async () => {
  await db.end();
  await admin.end();
  await testDatabase.drop();
});

const sha256 = (...parts: readonly (Uint8Array | string)[]) => {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest();
};

describe("the chain", () => {
  test("every entry has the hash that the rule defines, without gaps in the sequence", async () => {
    await declare(ledger);
    taken(await ledger.commit(systemItem({ type: "bot.stopped", instance: "one" })));
    const rows = await admin<{ seq: string; body: string; prev: Buffer; leaf: Buffer; hash: Buffer }[]>`
      SELECT seq, body, prev, leaf, hash FROM breakglass.trail ORDER BY seq`;
    let prev = Buffer.alloc(32);
    for (const [index, row] of rows.entries()) {
      expect(Number(row.seq)).toBe(index + 1);
      const leaf = sha256(Buffer.from([0]), row.body);
      const position = Buffer.alloc(8);
      position.writeBigInt64BE(BigInt(row.seq));
      const hash = sha256(Buffer.from([2]), prev, position, leaf);
      expect([row.prev, row.leaf, row.hash].map((bytes) => bytes.toString("hex"))).toEqual(
        [prev, leaf, hash].map((bytes) => bytes.toString("hex")),
      );
      prev = hash;
    }
    const [head] = await admin`SELECT seq, hash FROM breakglass.head`;
    expect(head).toEqual({ seq: String(rows.length), hash: prev });
  });

  test("fifty concurrent declarations from two processes get fifty consecutive numbers", async () => {
    const other = createDatabase({ url: testDatabase.appUrl, max: 4, applicationName: "trail-test-2" });
    try {
      const ledgers = [ledger, createLedger(other, { deadlineMs: 10_000 })];
      const first = await declare(ledger);
      const results = await Promise.all(
        Array.from({ length: 50 }, (_, i) => (ledgers[i % 2] ?? ledger).commit(declareItem())),
      );
      const numbers = results.map((result) => taken(result).n ?? 0).sort((a, b) => a - b);
      expect(numbers).toEqual(Array.from({ length: 50 }, (_, i) => first + 1 + i));
    } finally {
      await other.end();
    }
  });

  test("bodies and texts are stored exactly, whatever characters they hold", async () => {
    const text =
      'Ünïcode 🚨 "quotes" \\back\\slash\\u0041 \u2028 \u202e {"bypass":"BG-?"} \t\n é é \u{10FFFF} $1 %s \'';
    const item = declareItem(newId("unicode"), declaration({ incident: `INC-"🚨"\\` }, { reason: text }));
    const result = taken(await ledger.commit(item));
    const rows = await admin`
      SELECT t.body, x.text FROM breakglass.trail t LEFT JOIN breakglass.trail_text x USING (seq)
      WHERE t.seq BETWEEN ${result.firstSeq} AND ${result.lastSeq} ORDER BY t.seq`;
    const filled = item.entries.map(({ body }) =>
      body.replace("BG-?", `BG-${result.n}`).replace("REV-?", `REV-${result.n}`),
    );
    expect(rows.map(({ body }) => body)).toEqual(filled);
    expect(rows[0]?.text).toBe(text);
  });

  test("a placeholder inside a value is not replaced by the number of the bypass", async () => {
    const trick = '"bypass":"BG-?"';
    const result = taken(await ledger.commit(declareItem(newId("trick"), declaration({ incident: trick }))));
    const { entries } = await ledger.load(result.n ?? 0);
    expect(entries[0]?.event).toMatchObject({ incident: trick });
  });

  test("commits that wait for each other share statements", async () => {
    let statements = 0;
    const counted: Database = {
      query: (build, options) => {
        statements += 1;
        return db.query(build, options);
      },
      ping: () => db.ping(),
      end: () => db.end(),
    };
    const crowded = createLedger(counted, { deadlineMs: 10_000 });
    const results = await Promise.all(Array.from({ length: 200 }, () => crowded.commit(declareItem())));
    expect(new Set(results.map((result) => taken(result).n)).size).toBe(200);
    expect(statements).toBe(1 + Math.ceil(199 / 64));
  });
});

describe("what cannot be recorded", () => {
  test("a commit to an unreachable database fails as not recorded", async () => {
    const nowhere = createDatabase({ url: "postgres://nobody@127.0.0.1:9/none", max: 1, applicationName: "none" });
    const fault = await createLedger(nowhere, { deadlineMs: 2_000 })
      .commit(declareItem())
      .catch((error: unknown) => error);
    expect(fault).toBeInstanceOf(NotRecorded);
    expect(fault).toMatchObject({ outcome: "not_recorded" });
    await expect(createLedger(nowhere, { deadlineMs: 2_000 }).now()).rejects.toMatchObject({
      name: "NotRecorded",
      outcome: "not_read",
    });
    await nowhere.end();
  });

  test("a commit past its deadline fails as unknown, and a retry under the same id records it once", async () => {
    const impatient = createLedger(db, { deadlineMs: 400 });
    const item = declareItem(newId("slow"));
    await admin`BEGIN`;
    await admin`LOCK TABLE breakglass.trail IN ACCESS EXCLUSIVE MODE`;
    const waiting = impatient.commit(item);
    await expect(waiting).rejects.toMatchObject({ name: "NotRecorded", outcome: "unknown" });
    await admin`ROLLBACK`;
    const again = taken(await ledger.commit(item));
    expect((await ledger.load(again.n ?? 0)).entries).toHaveLength(2);
    const [row] =
      await admin`SELECT count(*)::integer AS n FROM breakglass.trail WHERE body LIKE ${`%"${item.commandId}"%`}`;
    expect(row?.n).toBe(2);
  });

  test("a statement that PostgreSQL refuses as a whole fails at once as not recorded", async () => {
    const powerless = createDatabase({ url: testDatabase.jobsUrl, max: 1, applicationName: "powerless" });
    const fault = await createLedger(powerless)
      .commit(declareItem())
      .catch((error: unknown) => error);
    expect(fault).toMatchObject({ name: "NotRecorded", outcome: "not_recorded" });
    await powerless.end();
  });

  test("a commit is refused in any isolation level but READ COMMITTED", async () => {
    const app = postgres(testDatabase.appUrl, {
      max: 1,
      onnotice: () => {},
      connection: { default_transaction_isolation: "repeatable read" },
    });
    await expect(app`SELECT breakglass.commit('[]'::jsonb)`).rejects.toMatchObject({ code: "25001" });
    await app.end();
  });

  test("a commit is durable even in a session with synchronous_commit off", async () => {
    const app = postgres(testDatabase.appUrl, {
      max: 1,
      onnotice: () => {},
      connection: { synchronous_commit: "off" },
    });
    const [row] = await app`
      SELECT jsonb_array_length(breakglass.commit('[]'::jsonb)) AS n, current_setting('synchronous_commit') AS mode`;
    expect(row).toEqual({ n: 0, mode: "on" });
    await app.end();
  });
});

describe("the run-time role", () => {
  const ways: readonly (readonly [string, readonly string[]])[] = [
    ["UPDATE of an entry", ["UPDATE breakglass.trail SET body = '{}' WHERE seq = 1"]],
    ["DELETE of an entry", ["DELETE FROM breakglass.trail WHERE seq = 1"]],
    ["TRUNCATE", ["TRUNCATE breakglass.trail CASCADE"]],
    [
      "INSERT of an entry",
      [
        "INSERT INTO breakglass.trail SELECT seq + 1000, stream, version + 1000, body, prev, leaf, hash FROM breakglass.trail LIMIT 1",
      ],
    ],
    ["UPDATE of a text", ["UPDATE breakglass.trail_text SET text = 'nothing happened'"]],
    ["UPDATE of the head", ["UPDATE breakglass.head SET seq = 0"]],
    ["UPDATE of a projection", ["UPDATE breakglass.bypasses SET status = 'active'"]],
    ["DELETE of an approval", ["DELETE FROM breakglass.approvals"]],
    ["disabling the trigger", ["ALTER TABLE breakglass.trail DISABLE TRIGGER ALL"]],
    ["dropping the trigger", ["DROP TRIGGER trail_is_never_changed ON breakglass.trail"]],
    ["dropping the table", ["DROP TABLE breakglass.trail CASCADE"]],
    [
      "another commit function",
      ["CREATE OR REPLACE FUNCTION breakglass.commit(items jsonb) RETURNS jsonb LANGUAGE sql AS 'SELECT items'"],
    ],
    ["becoming the owner", ["SET ROLE breakglass_owner", "UPDATE breakglass.trail SET body = '{}'"]],
    ["posing as a replica", ["SET session_replication_role = replica", "DELETE FROM breakglass.trail"]],
    ["COPY into the trail", ["COPY breakglass.trail FROM PROGRAM 'true'"]],
    ["calling the inner functions", ["SELECT breakglass.append_batch('[]'::jsonb, NULL, NULL)"]],
    ["nulling a text", ["SELECT breakglass.redact_text('BG-1', 1, 'reason')"]],
    ["a table of its own in the schema", ["CREATE TABLE breakglass.heads (x integer)"]],
  ];

  const digest = async () => {
    const [row] = await admin`
      SELECT md5((SELECT string_agg(t::text, '|' ORDER BY seq) FROM breakglass.trail t)
        || (SELECT string_agg(x::text, '|' ORDER BY seq, field) FROM breakglass.trail_text x)
        || (SELECT h::text FROM breakglass.head h)) AS md5`;
    return row?.md5;
  };

  test.each(ways)("is refused: %s", async (_, statements) => {
    await declare(ledger);
    const before = await digest();
    const app = postgres(testDatabase.appUrl, { max: 1, onnotice: () => {} });
    const attempt = async () => {
      for (const statement of statements) await app.unsafe(statement);
    };
    await expect(attempt()).rejects.toMatchObject({ code: "42501" });
    await app.end();
    expect(await digest()).toBe(before);
  });

  test("cannot shadow the commit's tables and functions through the search_path", async () => {
    await admin.unsafe(`GRANT TEMPORARY ON DATABASE ${testDatabase.name} TO ${testDatabase.appRole}`);
    const app = postgres(testDatabase.appUrl, { max: 1, onnotice: () => {} });
    await app.unsafe(
      "CREATE TEMP TABLE head (seq bigint, hash bytea); CREATE TEMP TABLE trail (LIKE breakglass.trail)",
    );
    await app.unsafe("CREATE FUNCTION pg_temp.sha256(bytea) RETURNS bytea LANGUAGE sql AS $$ SELECT $1 $$");
    await app.unsafe("SET search_path = pg_temp, public");
    const item = declareItem(newId("path"));
    const before = Number((await admin`SELECT seq FROM breakglass.head`)[0]?.seq);
    const wire = app.json([
      {
        ...item,
        entries: item.entries.map(({ body, texts }) => ({ body, texts: texts.map((text) => ({ ...text })) })),
        effects: [],
      } as postgres.JSONValue,
    ]);
    const [row] = await app`SELECT breakglass.commit(${wire}) AS results`;
    expect(row?.results).toMatchObject([{ ok: true, firstSeq: before + 1 }]);
    const [head] =
      await admin`SELECT h.seq, t.hash = h.hash AS same FROM breakglass.head h JOIN breakglass.trail t USING (seq)`;
    expect(head).toEqual({ seq: String(before + 2), same: true });
    await app.end();
  });

  test("may call only the functions marked for it, and the jobs role none", async () => {
    const rows = await admin<{ name: string; app: boolean; all: boolean; marked: boolean }[]>`
      SELECT p.proname AS name, has_function_privilege(${testDatabase.appRole}, p.oid, 'EXECUTE') AS app,
        has_function_privilege(${testDatabase.jobsRole}, p.oid, 'EXECUTE') AS all,
        coalesce(obj_description(p.oid, 'pg_proc') LIKE 'run-time:%', false) AS marked
      FROM pg_proc p WHERE p.pronamespace = 'breakglass'::regnamespace ORDER BY 1`;
    expect(rows.filter(({ app, marked }) => app !== marked)).toEqual([]);
    expect(rows.filter(({ all }) => all)).toEqual([]);
    expect(rows.filter(({ marked }) => marked).map(({ name }) => name)).toEqual([
      "can_write",
      "commit",
      "heartbeat",
      "home_opened",
      "now",
      "origins_going",
      "outbox_claim",
      "outbox_fail",
      "outbox_finish",
      "outbox_put_off",
      "outbox_release",
      "redact",
      "retire",
      "save_draft",
      "schedule_follow_up",
    ]);
  });

  test("the triggers stop even the owner", async () => {
    for (const statement of [
      "UPDATE breakglass.trail SET body = body",
      "DELETE FROM breakglass.trail",
      "TRUNCATE breakglass.trail CASCADE",
      "DELETE FROM breakglass.trail_text",
      "UPDATE breakglass.trail_text SET text = 'other' WHERE text IS NOT NULL",
      "UPDATE breakglass.trail_text SET field = 'line' WHERE text IS NOT NULL",
    ]) {
      await expect(admin.unsafe(statement)).rejects.toMatchObject({ code: "42501" });
      await expect(admin.unsafe(`SET session_replication_role = replica; ${statement}`)).rejects.toMatchObject({
        code: "42501",
      });
      await admin.unsafe("SET session_replication_role = origin");
    }
  });
});

test("a rejection carries nothing of what people typed", async () => {
  const secret = "the-secret-that-was-pasted";
  const item = declareItem(newId("secret"), declaration({}, { reason: secret }));
  const faulty = { ...item, nextDueAt: secret };
  const result = await ledger.commit(faulty);
  expect(result).toMatchObject({ ok: false, why: "rejected" });
  expect(JSON.stringify(result)).not.toContain(secret);
});
