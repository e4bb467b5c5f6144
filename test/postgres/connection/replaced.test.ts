import postgres from "postgres";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { createDatabase, type Database, DeadlineExceeded } from "../../../src/postgres/connection/database.js";
import { createLedger } from "../../../src/postgres/trail/ledger.js";
import { createTestDatabase, type TestDatabase } from "../../support/postgres.js";
import { openDoor, type PostgresDoor } from "../../support/postgres-door.js";

const CONNECTIONS = 10;

let testDatabase: TestDatabase;
let admin: postgres.Sql;
let door: PostgresDoor;
let database: Database;
let replaced = 0;

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  admin = postgres(testDatabase.adminUrl, { max: 1, onnotice: () => {} });
  door = await openDoor({ tls: "refused" });
});
afterEach(() => database.end());
afterAll(async () => {
  await door.close();
  await admin.end({ timeout: 1 });
  await testDatabase.drop();
});

/** Opens all connections of a pool, and waits until all are idle. */
async function openAll(): Promise<void> {
  replaced = 0;
  database = createDatabase({
    url: door.through(testDatabase.appUrl),
    max: CONNECTIONS,
    applicationName: "replaced-test",
    onReplaced: () => {
      replaced += 1;
    },
  });
  await Promise.all(Array.from({ length: CONNECTIONS }, () => pids(0.2)));
}

const pids = (sleepS: number) =>
  database.query<{ pid: number }>((sql) => sql`SELECT pg_backend_pid() AS pid FROM pg_sleep(${sleepS})`, {
    label: "sleep",
    deadlineMs: 5_000,
  });

describe("ten connections that die in silence", () => {
  test("cost one statement its deadline, and the next statements work at once", async () => {
    await openAll();
    door.silence();
    const first = database.query((sql) => sql`SELECT 1`, { label: "first", deadlineMs: 300 });
    await expect(first).rejects.toBeInstanceOf(DeadlineExceeded);
    for (let n = 0; n < CONNECTIONS; n += 1)
      await database.query((sql) => sql`SELECT 1`, { label: "next", deadlineMs: 2_000 });
    expect(replaced).toBe(1);
  });

  test("cost nobody an answer: a read and a write are answered within their own deadline", async () => {
    await openAll();
    const ledger = createLedger(database);
    door.silence();
    await expect(ledger.now()).resolves.toBeInstanceOf(Date);
    door.silence();
    await expect(ledger.homeOpened("U0PRIYA")).resolves.toBeUndefined();
  });
});

test("a slow statement does not close connections that have answered since", async () => {
  await openAll();
  const before = new Set(
    (await Promise.all(Array.from({ length: CONNECTIONS }, () => pids(0.2)))).map(([row]) => row?.pid),
  );
  const slow = database
    .query((sql) => sql`SELECT pg_sleep(30)`, { label: "slow", deadlineMs: 1_000 })
    .catch((e: unknown) => e);
  await Promise.all(Array.from({ length: CONNECTIONS - 1 }, () => pids(0.1)));
  await expect(slow).resolves.toBeInstanceOf(DeadlineExceeded);
  const after = await Promise.all(Array.from({ length: CONNECTIONS - 1 }, () => pids(0.2)));
  expect(after.filter(([row]) => !before.has(row?.pid))).toEqual([]);
  expect(replaced).toBe(1);
});

test("connections from before the end of a failover are all replaced at the first refused write", async () => {
  const readOnly = (value: "on" | "off") =>
    admin.unsafe(`ALTER DATABASE ${testDatabase.name} SET default_transaction_read_only = ${value}`);
  await readOnly("on");
  await openAll();
  await readOnly("off");
  const write = () =>
    database.query((sql) => sql`SELECT breakglass.home_opened('U0PRIYA')`, { label: "write", deadlineMs: 2_000 });
  await expect(write()).rejects.toMatchObject({ code: "25006" });
  for (let n = 0; n < CONNECTIONS; n += 1) await write();
  expect(replaced).toBe(1);
});
