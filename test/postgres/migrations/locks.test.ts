import { rm } from "node:fs/promises";
import postgres from "postgres";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { EVENT_TYPES } from "../../../src/domain/events/catalogue/catalogue.js";
import { type MigrateOptions, migrate } from "../../../src/postgres/migrations/migrate.js";
import { FIXTURES, type Fixture, writeMigrations } from "../../support/fixture-migrations.js";
import { createEmptyDatabase, type TestDatabase } from "../../support/postgres.js";
import { REAL_MIGRATIONS } from "../../support/urls.js";

let testDatabase: TestDatabase;
let admin: postgres.Sql;
const folders: string[] = [];

beforeEach(async () => {
  testDatabase = await createEmptyDatabase();
  admin = postgres(testDatabase.adminUrl, { max: 1, onnotice: () => {} });
});
afterEach(async () => {
  await admin.end({ timeout: 1 });
  await testDatabase.drop();
  await Promise.all(folders.splice(0).map((folder) => rm(folder, { recursive: true, force: true })));
});

async function run(fixtures: readonly Fixture[] = FIXTURES, over: Partial<MigrateOptions> = {}) {
  const folder = await writeMigrations(fixtures);
  folders.push(folder);
  return runFrom(folder, over);
}

async function runFrom(folder: string, over: Partial<MigrateOptions> = {}) {
  const { adminUrl, appRole, jobsRole } = testDatabase;
  return migrate({ adminUrl, appRole, jobsRole, folder, eventTypes: [], log: () => {}, ...over });
}

describe("a start", () => {
  const patience = { sayAfterMs: 50, refuseAfterMs: 60_000 };
  const session = (url: string) =>
    postgres(url, { max: 1, onnotice: () => {}, connection: { application_name: "somebody" } });
  /** Poses as a start, as anybody who may connect can. */
  const pose = async () => {
    const holder = session(testDatabase.appUrl);
    await holder`SELECT pg_advisory_lock(30797754043856997)`;
    return holder;
  };

  test("says whose session poses as another start, and goes on without waiting for its end", async () => {
    const holder = await pose();
    const lines: string[] = [];
    const again = { patience, log: (line: string) => lines.push(line) };
    await expect(run(FIXTURES, again)).resolves.toMatchObject({ applied: ["0000_trail", "0001_more"] });
    await expect(run(FIXTURES, { ...again, adminUrl: testDatabase.appUrl })).resolves.toMatchObject({ applied: [] });
    const waits = lines.filter((line) => line.startsWith("Waiting for another start"));
    expect(waits).toHaveLength(3);
    expect(waits[0]).toMatch(/poses as one: process \d+ of the server \(role \w+, somebody, /);
    await holder.end({ timeout: 1 });
  });

  test("of four at once in a new database is one that migrates, even if somebody poses as another", async () => {
    const holder = await pose();
    const folder = await writeMigrations(FIXTURES);
    folders.push(folder);
    const runs = await Promise.all([1, 2, 3, 4].map(() => runFrom(folder, { patience })));
    expect(runs.map(({ applied }) => applied.length).sort()).toEqual([0, 0, 0, 2]);
    await holder.end({ timeout: 1 });
  });

  test("is not held up by whatever the run-time role keeps locked in an open transaction", async () => {
    const real = { eventTypes: EVENT_TYPES, patience };
    await runFrom(REAL_MIGRATIONS, real);
    const holder = await pose();
    const tables = await admin<{ name: string }[]>`
      SELECT c.oid::regclass::text AS name FROM pg_class c
      WHERE relnamespace IN ('breakglass'::regnamespace, 'breakglass_migrations'::regnamespace) AND relkind = 'r'`;
    await holder`BEGIN`;
    for (const { name } of tables) await holder.unsafe(`SELECT FROM ${name}`);
    await holder`SELECT breakglass.can_write()`;
    await holder`SELECT breakglass.commit('[]')`;
    await holder`SELECT * FROM breakglass.heartbeat('thief', 1000, true)`;
    const start = runFrom(REAL_MIGRATIONS, { ...real, patience: { sayAfterMs: 50, refuseAfterMs: 2_000 } });
    await expect(start).resolves.toMatchObject({ applied: [] });
    await holder.end({ timeout: 1 });
  });

  test("is refused with the session to end, when another process does not end its migration", async () => {
    await run();
    const holder = session(testDatabase.adminUrl);
    await holder`BEGIN`;
    await holder`LOCK TABLE breakglass_migrations.__drizzle_migrations IN SHARE ROW EXCLUSIVE MODE`;
    const refused = run(FIXTURES, { patience: { ...patience, refuseAfterMs: 50 } });
    await expect(refused).rejects.toMatchObject({
      code: "locked",
      message: expect.stringMatching(/somebody.*end its session/),
    });
    await holder.end({ timeout: 1 });
  });

  test("that has to change a table says so when somebody keeps that table locked", async () => {
    await run();
    const reader = session(testDatabase.appUrl);
    await reader`BEGIN`;
    await reader`SELECT FROM breakglass.more`;
    const third = { tag: "0002_most", when: 3_000, sql: "ALTER TABLE breakglass.more ADD COLUMN note text;" };
    const refused = run([...FIXTURES, third], { patience: { ...patience, refuseAfterMs: 50 } });
    await expect(refused).rejects.toMatchObject({
      code: "locked",
      message: expect.stringMatching(/keeps a lock on a table.*pg_terminate_backend/),
    });
    await reader.end({ timeout: 1 });
    await expect(run([...FIXTURES, third])).resolves.toMatchObject({ applied: ["0002_most"] });
  });
});
