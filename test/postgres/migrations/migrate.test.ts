import { rm } from "node:fs/promises";
import postgres from "postgres";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { EVENT_TYPES } from "../../../src/domain/events/catalogue/catalogue.js";
import { type MigrateOptions, MigrationRefused, migrate } from "../../../src/postgres/migrations/migrate.js";
import { FIXTURES, type Fixture, FUNCTIONS, writeMigrations } from "../../support/fixture-migrations.js";
import { createEmptyDatabase, type TestDatabase } from "../../support/postgres.js";
import { REAL_MIGRATIONS } from "../../support/urls.js";

let testDatabase: TestDatabase;
let admin: postgres.Sql;
let app: postgres.Sql;
const folders: string[] = [];

beforeEach(async () => {
  testDatabase = await createEmptyDatabase();
  admin = postgres(testDatabase.adminUrl, { max: 1, onnotice: () => {} });
  app = postgres(testDatabase.appUrl, { max: 1, onnotice: () => {} });
});

afterEach(async () => {
  await Promise.all([admin.end({ timeout: 1 }), app.end({ timeout: 1 })]);
  await testDatabase.drop();
  await Promise.all([...new Set(folders.splice(0))].map((folder) => rm(folder, { recursive: true, force: true })));
});

async function run(fixtures: readonly Fixture[] = FIXTURES, over: Partial<MigrateOptions> = {}) {
  return runFrom(await writeMigrations(fixtures), over);
}

async function runFrom(folder: string, over: Partial<MigrateOptions> = {}) {
  // The real ones are not the test's to remove.
  if (folder !== REAL_MIGRATIONS) folders.push(folder);
  const { adminUrl, appRole, jobsRole } = testDatabase;
  return migrate({ adminUrl, appRole, jobsRole, folder, eventTypes: [], log: () => {}, ...over });
}

const [first, second] = FIXTURES;
if (first === undefined || second === undefined) throw new Error("There are two fixtures.");

async function tables(): Promise<string[]> {
  const rows = await admin<{ name: string }[]>`
    SELECT relname AS name FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace
    WHERE n.nspname = 'breakglass' AND relkind = 'r' ORDER BY 1`;
  return rows.map(({ name }) => name);
}

describe("migrations", () => {
  test("run in order, once, and the second run does nothing", async () => {
    await expect(run()).resolves.toEqual({ applied: ["0000_trail", "0001_more"], ownerRole: "breakglass_owner" });
    await expect(run()).resolves.toEqual({ applied: [], ownerRole: "breakglass_owner" });
    expect(await tables()).toEqual(["event_types", "more", "trail"]);
  });

  test("that are added later run without the earlier ones", async () => {
    await run([first]);
    await expect(run()).resolves.toMatchObject({ applied: ["0001_more"] });
  });

  test("started by four processes at once are run by one of them", async () => {
    const folder = await writeMigrations(FIXTURES);
    const runs = await Promise.all([1, 2, 3, 4].map(() => runFrom(folder)));
    expect(runs.map(({ applied }) => applied.length).sort()).toEqual([0, 0, 0, 2]);
  });

  test("leave nothing behind when one of them fails", async () => {
    const broken = { ...second, sql: "CREATE TABLE breakglass.more (id nonsense);" };
    await expect(run([first, broken])).rejects.toThrow(/nonsense/);
    expect(await tables()).toEqual([]);
    await expect(run()).resolves.toMatchObject({ applied: ["0000_trail", "0001_more"] });
  });
});

describe("migrations are refused", () => {
  const codeOf = async (fixtures: readonly Fixture[]) => {
    const before = await tables();
    const fault: unknown = await run(fixtures).catch((error: unknown) => error);
    expect(await tables()).toEqual(before);
    return fault instanceof MigrationRefused ? fault.code : fault;
  };

  test("when a file was edited after it was run", async () => {
    await run();
    expect(await codeOf([{ ...first, sql: `${first.sql}\n-- a harmless note` }, second])).toBe("edited");
  });

  test("when a file that was run is gone", async () => {
    const third = { tag: "0002_most", when: 3_000, sql: "CREATE TABLE breakglass.most (id int);" };
    await run([first, second, third]);
    expect(await codeOf([first, third])).toBe("missing");
  });

  test("when the database is newer than the code", async () => {
    await run();
    expect(await codeOf([first])).toBe("database_newer");
  });

  test("when a file is inserted before one that was run", async () => {
    await run();
    const late = { tag: "0000_late", when: 1_500, sql: "CREATE TABLE breakglass.late (id int);" };
    expect(await codeOf([first, late, second])).toBe("out_of_order");
  });

  test("when the database was made before the first release, whose trail cannot be carried over", async () => {
    // A database as the last version before the first release left it: its schema and three recorded migrations.
    await admin.unsafe(`
      CREATE SCHEMA breakglass;
      CREATE TABLE breakglass.trail (seq bigint PRIMARY KEY);
      CREATE TABLE breakglass.fact_types (type text PRIMARY KEY);
      CREATE SCHEMA breakglass_migrations;
      CREATE TABLE breakglass_migrations.__drizzle_migrations (id serial PRIMARY KEY, hash text NOT NULL, created_at bigint);
      INSERT INTO breakglass_migrations.__drizzle_migrations (hash, created_at) VALUES
        ('8f2048cbf244848d0588f2ca0cc10abac5b5016d6595a1726bef74ab288ba3c9', 1763885400000),
        ('58cef378d3778d9b64bceda1db3f32b51e440da4d28949c79d5305422192bc78', 1764147600000),
        ('7b5a690b320014b84b7f9fe6087ed1eba3626553dd3bcf0e40438314107c18d1', 1764151200000);`);
    const fault: unknown = await runFrom(REAL_MIGRATIONS, { eventTypes: EVENT_TYPES }).catch((error: unknown) => error);
    expect(fault).toMatchObject({ code: "unreleased", message: expect.stringMatching(/Use a new, empty database/) });
    expect(await tables()).toEqual(["fact_types", "trail"]);
  });

  test("when the folder has no journal", async () => {
    await expect(run(FIXTURES, { folder: "/nowhere" })).rejects.toMatchObject({ code: "folder_unreadable" });
  });

  test("when some are pending and the role does not own the schema", async () => {
    await run([first]);
    await expect(run(FIXTURES, { adminUrl: testDatabase.appUrl })).rejects.toMatchObject({ code: "not_owner" });
  });
});

describe("event types", () => {
  const types = () => admin`SELECT type, stream, actor FROM breakglass.event_types ORDER BY type`;
  const [one, two] = [
    { type: "bot.started", stream: "system", actor: "system" },
    { type: "text.redacted", stream: "bypass", actor: "person" },
  ] as const;
  const wider = { ...two, stream: "both" } as const;

  test("are added by any start of the owner, and changed by one of a higher edition", async () => {
    await run(FIXTURES, { eventTypes: [two] });
    await run(FIXTURES, { eventTypes: [one, two] });
    await runFrom(await writeMigrations(FIXTURES, FUNCTIONS, 2), { eventTypes: [one, wider] });
    await expect(run(FIXTURES, { eventTypes: [one, two] })).rejects.toMatchObject({ code: "database_newer" });
    expect(await types()).toEqual([one, wider]);
  });

  test("that are to be added stop a start whose role does not own the schema", async () => {
    await run(FIXTURES, { eventTypes: [one] });
    const start = run(FIXTURES, { eventTypes: [one, two], adminUrl: testDatabase.appUrl });
    await expect(start).rejects.toMatchObject({ code: "not_owner" });
    await expect(run(FIXTURES, { eventTypes: [one], adminUrl: testDatabase.appUrl })).resolves.toBeDefined();
  });

  test("of a newer release stop the start of an older one, even if no function has changed", async () => {
    await run(FIXTURES, { eventTypes: [one, two] });
    await expect(run(FIXTURES, { eventTypes: [one] })).rejects.toMatchObject({
      code: "database_newer",
      message: expect.stringContaining("text.redacted"),
    });
    expect(await types()).toEqual([one, two]);
  });

  test("are not changed back and forth by releases of one edition", async () => {
    await run(FIXTURES, { eventTypes: [one, wider] });
    await expect(run(FIXTURES, { eventTypes: [one, two] })).rejects.toMatchObject({ code: "edited" });
    expect(await types()).toEqual([one, wider]);
  });
});

describe("the message about a refused migration", () => {
  const messageOf = async (fixtures: readonly Fixture[], over: Partial<MigrateOptions> = {}) => {
    const fault: unknown = await run(fixtures, over).catch((error: unknown) => error);
    if (!(fault instanceof MigrationRefused)) throw new Error("The migrations were not refused.", { cause: fault });
    return { code: fault.code, message: fault.message };
  };
  const UNTOUCHED = "The database was left as it was.";

  test("says that the database was left as it was when a migration failed", async () => {
    const { code, message } = await messageOf([{ ...first, sql: "CREATE TABLE breakglass.trail (id nonsense);" }]);
    expect(code).toBe("failed");
    expect(message).toContain(UNTOUCHED);
  });

  test("says that the database was left as it was when the rights could not be set, and the next start succeeds", async () => {
    const { code, message } = await messageOf(FIXTURES, { appRole: "nobody_of_that_name" });
    expect(code).toBe("rights");
    expect(message).toContain("nobody_of_that_name");
    expect(message).toContain(UNTOUCHED);
    expect(await tables()).toEqual([]);
    await run();
    await expect(app`SELECT seq FROM breakglass.trail`).resolves.toHaveLength(0);
  });

  test("says that the migrations were applied when only the job queue's schema could not be created", async () => {
    await admin.unsafe(`GRANT CREATE ON DATABASE ${testDatabase.name} TO ${testDatabase.appRole}`);
    const { code, message } = await messageOf(FIXTURES, { adminUrl: testDatabase.appUrl });
    expect(code).toBe("jobs_schema");
    expect(await tables()).toEqual(["event_types", "more", "trail"]);
    expect(message).toContain(`CREATE SCHEMA bullmq AUTHORIZATION "${testDatabase.jobsRole}"`);
    expect(message).not.toContain(UNTOUCHED);
  });
});

describe("after a migration the run-time role", () => {
  test("may read the tables and call the marked functions", async () => {
    await run();
    await expect(app`SELECT breakglass.append('{}') AS seq`).resolves.toMatchObject([{ seq: "1" }]);
    await expect(app`SELECT seq, body FROM breakglass.trail`).resolves.toHaveLength(1);
  });

  test("may itself check the migrations at the next start", async () => {
    await run();
    await expect(run(FIXTURES, { adminUrl: testDatabase.appUrl })).resolves.toEqual({
      applied: [],
      ownerRole: "breakglass_owner",
    });
  });

  test("loses a right that was given by hand", async () => {
    await run();
    await admin.unsafe(`GRANT UPDATE ON breakglass.trail TO ${testDatabase.appRole}`);
    await run();
    await expect(app`UPDATE breakglass.trail SET body = ''`).rejects.toMatchObject({ code: "42501" });
  });
});

describe("the job queue's role", () => {
  test("owns the schema bullmq and nothing else", async () => {
    await run();
    const jobs = postgres(testDatabase.jobsUrl, { max: 1, onnotice: () => {} });
    try {
      await jobs`CREATE TABLE bullmq.any_table (id int)`;
      await expect(jobs`SELECT * FROM breakglass.trail`).rejects.toMatchObject({ code: "42501" });
      await expect(jobs`CREATE SCHEMA another`).rejects.toMatchObject({ code: "42501" });
      await expect(app`SELECT * FROM bullmq.any_table`).rejects.toMatchObject({ code: "42501" });
    } finally {
      await jobs.end({ timeout: 1 });
    }
  });

  test("gets no schema when the queue is on Redis", async () => {
    await run(FIXTURES, { jobsRole: undefined });
    await expect(admin`SELECT FROM pg_namespace WHERE nspname = 'bullmq'`).resolves.toHaveLength(0);
  });
});

describe("one role for everything", () => {
  test("is allowed, and owns the schema", async () => {
    await admin.unsafe(`GRANT CREATE ON DATABASE ${testDatabase.name} TO ${testDatabase.appRole}`);
    const done = await run(FIXTURES, { adminUrl: testDatabase.appUrl, jobsRole: testDatabase.appRole });
    expect(done).toEqual({ applied: ["0000_trail", "0001_more"], ownerRole: testDatabase.appRole });
    await expect(app`SELECT breakglass.append('{}')`).resolves.toHaveLength(1);
    await expect(app`CREATE TABLE bullmq.any_table (id int)`).resolves.toBeDefined();
  });
});
