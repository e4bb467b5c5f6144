import { createServer, type Server } from "node:net";
import { sql as drizzleSql, eq, type SQL } from "drizzle-orm";
import { integer, jsonb, pgSchema, text, timestamp } from "drizzle-orm/pg-core";
import postgres from "postgres";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import {
  createDatabase,
  type Database,
  DatabaseUnavailable,
  DeadlineExceeded,
  StatementRefused,
} from "../../../src/postgres/connection/database.js";
import { listOf, type ParamOf, prepareRead } from "../../../src/postgres/connection/query-runner.js";
import { createTestDatabase, type TestDatabase } from "../../support/postgres.js";

let testDatabase: TestDatabase;
let admin: postgres.Sql;
const open: Database[] = [];

function connect(over: Partial<Parameters<typeof createDatabase>[0]> = {}): Database {
  const database = createDatabase({ url: testDatabase.adminUrl, max: 4, applicationName: "client-test", ...over });
  open.push(database);
  return database;
}

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  admin = postgres(testDatabase.adminUrl, { max: 1, onnotice: () => {} });
  await admin`CREATE TABLE client_notes (id integer PRIMARY KEY, half integer NOT NULL, body jsonb)`;
});

afterAll(async () => {
  await Promise.all(open.map((database) => database.end()));
  await admin.end({ timeout: 1 });
  await testDatabase.drop();
});

/** Terminates a connection's backend, as a crash of it would. */
async function killOne(applicationName: string): Promise<number> {
  const rows = await admin`
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE application_name = ${applicationName} AND datname = ${testDatabase.name} ORDER BY random() LIMIT 1`;
  return rows.length;
}

describe("a statement", () => {
  test("returns its rows with the types of the query", async () => {
    const rows = await connect().query<{ n: number; who: string[] }>(
      (sql) => sql`SELECT 2 AS n, ${sql.json(["ada", "bo"])}::jsonb AS who`,
      { label: "rows" },
    );
    expect(rows).toEqual([{ n: 2, who: ["ada", "bo"] }]);
  });

  test("keeps the shape of a jsonb parameter", async () => {
    const rows = await connect().query<{ kind: string }>(
      (sql) => sql`SELECT jsonb_typeof(${sql.json({ a: 1 })}) AS kind`,
      { label: "json" },
    );
    expect(rows).toEqual([{ kind: "object" }]);
  });

  test("that PostgreSQL refuses fails with an error that carries no values", async () => {
    const database = connect();
    const secret = "the-customer-is-Acme";
    const fault: unknown = await database
      .query((sql) => sql`SELECT ${secret}::integer`, { label: "bad cast" })
      .catch((error: unknown) => error);
    expect(fault).toBeInstanceOf(StatementRefused);
    expect(fault).toMatchObject({ code: "22P02", label: "bad cast", raised: undefined });
    const everything = [String(fault), fault instanceof Error ? fault.stack : "", JSON.stringify(fault)].join();
    expect(everything).not.toContain(secret);
    expect(Object.getOwnPropertyNames(fault)).not.toContain("parameters");
  });

  test("whose SQL function raises an error keeps that function's message", async () => {
    await admin.unsafe(`CREATE FUNCTION grumble() RETURNS int LANGUAGE plpgsql AS $$
      BEGIN RAISE EXCEPTION 'version moved on' USING ERRCODE = 'BG001'; END $$`);
    const asked = connect().query((sql) => sql`SELECT public.grumble()`, { label: "grumble" });
    await expect(asked).rejects.toMatchObject({ code: "BG001", raised: "version moved on" });
  });
});

describe("a database that cannot be reached", () => {
  test("fails with the outcome not_sent when nothing listens", async () => {
    const database = connect({ url: "postgres://x:y@127.0.0.1:1/none" });
    const asked = database.ping();
    await expect(asked).rejects.toMatchObject({
      name: "DatabaseUnavailable",
      code: "ECONNREFUSED",
      outcome: "not_sent",
    });
  });

  test("fails with the outcome not_sent when the password is wrong", async () => {
    const url = Object.assign(new URL(testDatabase.appUrl), { password: "wrong" }).href;
    await expect(connect({ url }).ping()).rejects.toMatchObject({ code: "28P01", outcome: "not_sent" });
  });

  test("fails at the deadline when the server accepts connections but never answers", async () => {
    const mute = await new Promise<Server>((resolve) => {
      const server = createServer((socket) => socket.on("error", () => {}));
      server.listen(0, "127.0.0.1", () => resolve(server));
    });
    const address = mute.address();
    const port = typeof address === "object" && address ? address.port : 0;
    const url = `postgres://x:y@127.0.0.1:${port}/z`;
    const onReplaced = vi.fn();
    const database = createDatabase({ url, max: 1, applicationName: "mute", onReplaced });
    await expect(database.query((sql) => sql`SELECT 1`, { label: "mute", deadlineMs: 50 })).rejects.toBeInstanceOf(
      DeadlineExceeded,
    );
    expect(onReplaced).toHaveBeenCalledTimes(1);
    mute.close();
  });
});

describe("a deadline", () => {
  test("ends the wait, replaces the stuck connections, and the next statement works", async () => {
    const onReplaced = vi.fn();
    const database = connect({ max: 2, applicationName: "late", onReplaced });
    await database.ping();
    const asks = [100, 100, 50].map((deadlineMs) =>
      database.query((sql) => sql`SELECT pg_sleep(30)`, { label: "sleep", deadlineMs }).catch((e: unknown) => e),
    );
    const faults = await Promise.all(asks);
    const outcomes = faults.map((fault) => (fault instanceof DeadlineExceeded ? fault.outcome : fault));
    expect(outcomes).toEqual(["unknown", "unknown", "not_sent"]);
    expect(onReplaced).toHaveBeenCalledTimes(2);
    await expect(database.query((sql) => sql`SELECT 7 AS n`, { label: "after" })).resolves.toEqual([{ n: 7 }]);
  });

  test("uses the given timer, in milliseconds, and cancels it when the answer comes", async () => {
    const asked: number[] = [];
    let takenBack = 0;
    const setTimer = (_fire: () => void, ms: number) => {
      asked.push(ms);
      return () => {
        takenBack += 1;
      };
    };
    const database = connect({ setTimer, deadlineMs: 1_234 });
    await database.ping();
    await database.query((sql) => sql`SELECT 1`, { label: "own", deadlineMs: 99 });
    expect(asked).toEqual([1_234, 99]);
    expect(takenBack).toBe(2);
  });
});

describe("a read through Drizzle", () => {
  const notes = pgSchema("notes").table("drizzle_notes", {
    id: integer().primaryKey(),
    tags: text().array(),
    body: jsonb().$type<{ a: number }>(),
    at: timestamp({ withTimezone: true }),
  });

  beforeAll(async () => {
    await admin`CREATE SCHEMA notes`;
    await admin`CREATE TABLE notes.drizzle_notes (id int PRIMARY KEY, tags text[], body jsonb, at timestamptz)`;
    await admin`INSERT INTO notes.drizzle_notes VALUES
      (1, '{a,"b c"}', '{"a": 1}', '2026-01-02T03:04:05Z'), (2, NULL, NULL, NULL), (3, '{}', '{"a": 3}', NULL)`;
  });

  test("maps its rows by the schema, and is built only once", async () => {
    let built = 0;
    const read = prepareRead(connect(), { label: "notes" }, (db, param: ParamOf<{ id: number }>) => {
      built += 1;
      return db
        .select()
        .from(notes)
        .where(eq(notes.id, param("id")));
    });
    await expect(read({ id: 1 })).resolves.toEqual([
      { id: 1, tags: ["a", "b c"], body: { a: 1 }, at: new Date("2026-01-02T03:04:05Z") },
    ]);
    await expect(read({ id: 2 })).resolves.toEqual([{ id: 2, tags: null, body: null, at: null }]);
    await expect(read({ id: 9 })).resolves.toEqual([]);
    expect(built).toBe(1);
  });

  const over = (what: SQL) => (label: string, deadlineMs?: number) =>
    prepareRead(connect(), { label, ...(deadlineMs === undefined ? {} : { deadlineMs }) }, (db) =>
      db.select({ what }).from(drizzleSql`(SELECT) AS nothing`),
    );

  test("accepts lists of awkward texts and returns them unchanged", async () => {
    const awkward = ["", "NULL", 'a"b', "{x,y}", "line\nbreak", " ", "ü🧨"];
    const read = prepareRead(connect(), { label: "texts" }, (db, param: ParamOf<{ texts: readonly string[] }>) =>
      db
        .select({
          column: drizzleSql<string[]>`${param("texts")}::text[]`.mapWith(notes.tags),
          list: listOf<string>(drizzleSql`(SELECT unnest(${param("texts")}::text[]))`),
        })
        .from(drizzleSql`(SELECT) AS nothing`),
    );
    await expect(read({ texts: awkward })).resolves.toEqual([{ column: awkward, list: awkward }]);
    await expect(read({ texts: [] })).resolves.toEqual([{ column: [], list: [] }]);
    // Drizzle's parser of array columns drops backslashes; a list as JSON keeps them.
    await expect(read({ texts: ["c\\d"] })).resolves.toMatchObject([{ list: ["c\\d"] }]);
  });

  test("accepts texts, numbers, booleans, times and null, and refuses any other parameter before it is sent", async () => {
    const read = prepareRead(connect(), { label: "kinds" }, (db, param: ParamOf<{ value: unknown }>) =>
      db.select({ text: drizzleSql<string>`${param("value")}::text` }).from(drizzleSql`(SELECT) AS nothing`),
    );
    await expect(read({ value: "a" })).resolves.toEqual([{ text: "a" }]);
    await expect(read({ value: null })).resolves.toEqual([{ text: null }]);
    await expect(read({ value: { a: 1 } })).rejects.toThrow(TypeError);
  });

  test("ends at its deadline, and fails with an error that carries no parameter", async () => {
    await expect(over(drizzleSql`pg_sleep(30)`)("long sleep", 50)({})).rejects.toMatchObject({
      name: "DeadlineExceeded",
      label: "long sleep",
      deadlineMs: 50,
    });
    const secret = "the-customer-is-Acme";
    const fault: unknown = await over(drizzleSql`${secret}::integer`)("bad cast")({}).catch((error: unknown) => error);
    expect(fault).toBeInstanceOf(StatementRefused);
    expect(`${String(fault)} ${JSON.stringify(fault)}`).not.toContain(secret);
  });
});

describe("when connections are killed", () => {
  test("60 times, no statement is torn, none waits past its deadline, and work goes on", async () => {
    const deadlineMs = 2_000;
    const database = connect({ applicationName: "killed", deadlineMs, max: 4 });
    let kills = 0;
    let next = 0;
    let slowestMs = 0;
    const acknowledged: number[] = [];
    const outcomes = { done: 0, unknown: 0, notSent: 0, late: 0 };

    const write = async () => {
      const id = ++next;
      const since = performance.now();
      try {
        await database.query(
          (sql) => sql`
            WITH one AS (INSERT INTO public.client_notes (id, half, body) VALUES (${id}, 1, ${sql.json({ id })}))
            INSERT INTO public.client_notes (id, half, body) VALUES (${-id}, 2, ${sql.json({ id })})`,
          { label: "two halves" },
        );
        acknowledged.push(id);
        outcomes.done += 1;
      } catch (fault) {
        if (fault instanceof DeadlineExceeded) outcomes.late += 1;
        else if (fault instanceof DatabaseUnavailable)
          outcomes[fault.outcome === "unknown" ? "unknown" : "notSent"] += 1;
        else throw fault;
      }
      slowestMs = Math.max(slowestMs, performance.now() - since);
    };
    const writer = async () => {
      while (kills < 60) await write();
    };
    const killer = async () => {
      while (kills < 60) kills += await killOne("killed");
    };
    await Promise.all([killer(), ...Array.from({ length: 8 }, writer)]);
    for (let again = 0; again < 20; again++) await write();

    const halves = await admin<{ id: number; n: number }[]>`
      SELECT abs(id) AS id, count(*)::int AS n FROM public.client_notes GROUP BY abs(id)`;
    expect(halves.filter(({ n }) => n !== 2)).toEqual([]);
    const stored = new Set(halves.map(({ id }) => id));
    expect(acknowledged.filter((id) => !stored.has(id))).toEqual([]);
    expect(slowestMs).toBeLessThan(deadlineMs + 1_000);
    expect(outcomes.done).toBeGreaterThan(20);
    expect(outcomes.unknown, JSON.stringify(outcomes)).toBeGreaterThan(0);
  });
});
