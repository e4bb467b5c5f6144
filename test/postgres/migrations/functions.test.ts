import { createHash } from "node:crypto";
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import postgres from "postgres";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { z } from "zod";
import { readFunctions } from "../../../src/postgres/migrations/functions.js";
import { type MigrateOptions, migrate } from "../../../src/postgres/migrations/migrate.js";
import { FIXTURES, FUNCTIONS, writeMigrations } from "../../support/fixture-migrations.js";
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
  await Promise.all(folders.splice(0).map((folder) => rm(folder, { recursive: true })));
});

const [append, nextSeq, now, wipe] = FUNCTIONS;
if (append === undefined || nextSeq === undefined || now === undefined || wipe === undefined)
  throw new Error("There are four functions.");
/** Migrates with these functions, as the start of a release with them would. */
const migrateWith = async (
  functions: readonly (typeof append)[],
  edition: number,
  over: Partial<MigrateOptions> = {},
) => {
  const folder = await writeMigrations(FIXTURES, functions, edition);
  folders.push(folder);
  const { adminUrl, appRole, jobsRole } = testDatabase;
  return migrate({ adminUrl, appRole, jobsRole, folder, eventTypes: [], log: () => {}, ...over });
};
const run = (over: Partial<MigrateOptions> = {}) => migrateWith(FUNCTIONS, 1, over);
const signatures = async (): Promise<string[]> => {
  const rows = await admin<{ name: string }[]>`
    SELECT p.oid::regprocedure::text AS name FROM pg_proc p WHERE pronamespace = 'breakglass'::regnamespace ORDER BY 1`;
  return rows.map(({ name }) => name.replace("breakglass.", ""));
};
/** Which functions the run-time role may call. */
const rights = async (): Promise<string[]> => {
  const rows = await admin<{ name: string }[]>`
    SELECT p.oid::regprocedure::text AS name FROM pg_proc p
    WHERE pronamespace = 'breakglass'::regnamespace AND has_function_privilege(${testDatabase.appRole}, p.oid, 'EXECUTE')
    ORDER BY 1`;
  return rows.map(({ name }) => name);
};
const MOVED =
  "CREATE OR REPLACE FUNCTION breakglass.now() RETURNS timestamptz LANGUAGE plpgsql STABLE AS 'BEGIN RETURN clock_timestamp() + interval ''1 day''; END'";
const isMoved = async (): Promise<boolean> => {
  const [row] = await admin<
    { moved: boolean }[]
  >`SELECT breakglass.now() > clock_timestamp() + interval '1 hour' AS moved`;
  return row?.moved ?? false;
};

describe("Functions", () => {
  test("are created in any order, and recreated when a newer edition changes them, even their parameters", async () => {
    await run();
    expect(await signatures()).toEqual(["append(text)", "next_seq()", "now()", "wipe()"]);
    const wider = append.sql
      .replace("append(body text)", "append(body text, note text)")
      .replace("append(text)", "append(text, text)");
    await migrateWith([{ name: "append", sql: wider }, nextSeq, now, wipe], 2);
    expect(await signatures()).toEqual(["append(text,text)", "next_seq()", "now()", "wipe()"]);
    await expect(app`SELECT breakglass.append('{}', 'x') AS seq`).resolves.toMatchObject([{ seq: "1" }]);
  });

  test("are dropped when their file is gone", async () => {
    await run();
    await migrateWith([append, nextSeq, now], 2);
    expect(await signatures()).toEqual(["append(text)", "next_seq()", "now()"]);
  });

  test("of a newer edition are not replaced by the start of an older release", async () => {
    await run();
    const newer = { name: "wipe", sql: wipe.sql.replace("DELETE", "/* newer */ DELETE") };
    await migrateWith([append, nextSeq, now, newer], 2);
    await expect(run()).rejects.toMatchObject({ code: "database_newer" });
    const [row] = await admin`SELECT prosrc FROM pg_proc WHERE oid = 'breakglass.wipe()'::regprocedure`;
    expect(row?.prosrc).toContain("newer");
  });

  test("that changed without a new edition are refused, because nothing tells which are newer", async () => {
    await run();
    const edited = { name: "wipe", sql: `${wipe.sql}\n-- a harmless note` };
    await expect(migrateWith([append, nextSeq, now, edited], 1)).rejects.toMatchObject({ code: "edited" });
    await expect(migrateWith([append, nextSeq, now], 1)).rejects.toMatchObject({ code: "edited" });
  });

  test("whose file does not create a function of its name are refused, and nothing is installed", async () => {
    const misnamed = { name: "other", sql: wipe.sql };
    await expect(migrateWith([append, nextSeq, now, misnamed], 1)).rejects.toMatchObject({ code: "failed" });
    const left = await admin`SELECT FROM pg_namespace WHERE nspname IN ('breakglass', 'breakglass_migrations')`;
    expect(left).toHaveLength(0);
  });

  test("that someone replaced by hand, such as the clock, are restored and logged at the next start", async () => {
    await run();
    await admin.unsafe(MOVED);
    expect(await isMoved()).toBe(true);
    const lines: string[] = [];
    await run({ log: (line) => lines.push(line) });
    expect(await isMoved()).toBe(false);
    expect(lines).toEqual(["Functions that had been replaced by hand were put back: now."]);
  });

  test.each([
    ["another strictness", "ALTER FUNCTION breakglass.append(text) STRICT"],
    [
      "another comment, which would give the run-time role the right to call it",
      "COMMENT ON FUNCTION breakglass.wipe() IS 'run-time: x'",
    ],
    ["a second signature", "CREATE FUNCTION breakglass.append() RETURNS bigint LANGUAGE sql AS 'SELECT 1::bigint'"],
    [
      "other defaults",
      "CREATE OR REPLACE FUNCTION breakglass.append(body text DEFAULT 'x') RETURNS bigint LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, breakglass, pg_temp AS $$ INSERT INTO breakglass.trail SELECT breakglass.next_seq(), $1 RETURNING seq $$",
    ],
  ])("that someone gave %s are restored", async (_, statement) => {
    await run();
    const rightsBefore = await rights();
    await admin.unsafe(statement);
    const lines: string[] = [];
    await run({ log: (line) => lines.push(line) });
    expect(lines).toEqual([expect.stringMatching(/^Functions that had been replaced by hand were put back: \w+\.$/)]);
    expect(await rights()).toEqual(rightsBefore);
    const again: string[] = [];
    await run({ log: (line) => again.push(line) });
    expect(again).toEqual([]);
  });

  test("that no release has installed are dropped, even those of a superuser, and the log says so", async () => {
    await run();
    await admin.unsafe(`
      CREATE FUNCTION breakglass.backdoor(who text, "what else" integer) RETURNS void LANGUAGE sql AS 'SELECT';
      COMMENT ON FUNCTION breakglass.backdoor IS 'run-time: lets somebody in'`);
    await expect(run({ adminUrl: testDatabase.appUrl })).rejects.toMatchObject({ code: "replaced" });
    const lines: string[] = [];
    await run({ log: (line) => lines.push(line) });
    expect(await signatures()).toEqual(["append(text)", "next_seq()", "now()", "wipe()"]);
    expect(lines).toEqual([expect.stringMatching(/^Functions that are not Breakglass's were dropped: .*backdoor/)]);
  });

  test("that a trigger calls are restored in their place", async () => {
    const guard = {
      name: "guard",
      sql: "CREATE OR REPLACE FUNCTION breakglass.guard() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''refused''; END';",
    };
    const all = [append, guard, nextSeq, now, wipe];
    await migrateWith(all, 1);
    await admin.unsafe(`
      CREATE TRIGGER guarded BEFORE INSERT ON breakglass.trail FOR EACH STATEMENT EXECUTE FUNCTION breakglass.guard();
      ${guard.sql.replace("RAISE EXCEPTION ''refused''", "RETURN NULL")}`);
    await migrateWith(all, 1);
    await expect(app`SELECT breakglass.append('{}')`).rejects.toThrow("refused");
  });

  test("that someone replaced by hand stop a start whose role cannot restore them", async () => {
    await run();
    await admin.unsafe(MOVED);
    await expect(run({ adminUrl: testDatabase.appUrl })).rejects.toMatchObject({ code: "replaced" });
  });

  test("other than a moved clock are restored even if a start keeps the clock", async () => {
    await run();
    await admin.unsafe(MOVED);
    await admin.unsafe(
      wipe.sql.replace("CREATE", "CREATE OR REPLACE").replace("DELETE FROM breakglass.trail", "SELECT"),
    );
    await run({ keepClock: true });
    expect(await isMoved()).toBe(true);
    const [row] = await admin`SELECT prosrc FROM pg_proc WHERE oid = 'breakglass.wipe()'::regprocedure`;
    expect(row?.prosrc).toContain("DELETE");
  });
});

const editionFile = z.object({ edition: z.int().positive(), sha256: z.string() });
type Edition = z.infer<typeof editionFile>;

/**
 * What is wrong with the edition of the functions in the files, given those that were released, oldest first; `null` if
 * nothing is. A database has the functions of a release, so a change since needs a higher edition.
 */
function editionFault(recorded: Edition, sha256: string, released: readonly Edition[]): string | null {
  if (recorded.sha256 !== sha256) return `set sha256 in drizzle/functions/edition.json to ${sha256}`;
  const last = released.at(-1);
  if (last === undefined) return null;
  if (recorded.sha256 === last.sha256)
    return recorded.edition === last.edition ? null : `keep the edition ${last.edition}: no function has changed`;
  return recorded.edition > last.edition
    ? null
    : `raise the edition in drizzle/functions/edition.json above ${last.edition}`;
}

test("edition.json holds the hash of the functions, and an edition above that of the last release if they changed since", async () => {
  const { files } = await readFunctions(REAL_MIGRATIONS);
  const sha256 = createHash("sha256")
    .update(files.map(({ name, hash }) => `${name} ${hash}\n`).join(""))
    .digest("hex");
  const read = async (name: string): Promise<unknown> =>
    JSON.parse(await readFile(join(REAL_MIGRATIONS, "functions", name), "utf8"));
  const released = z.array(editionFile).parse(await read("released.json"));
  expect(editionFault(editionFile.parse(await read("edition.json")), sha256, released)).toBeNull();
});

test("a function that changed after a release is noticed unless the edition is raised", () => {
  const released = [
    { edition: 1, sha256: "a" },
    { edition: 2, sha256: "b" },
  ];
  expect(editionFault({ edition: 2, sha256: "b" }, "b", released)).toBeNull();
  expect(editionFault({ edition: 2, sha256: "c" }, "c", released)).toMatch(/^raise the edition .* above 2$/);
  expect(editionFault({ edition: 3, sha256: "c" }, "c", released)).toBeNull();
  expect(editionFault({ edition: 3, sha256: "b" }, "b", released)).toMatch(/^keep the edition 2/);
  expect(editionFault({ edition: 3, sha256: "b" }, "c", released)).toMatch(/^set sha256/);
  expect(editionFault({ edition: 1, sha256: "b" }, "b", [])).toBeNull();
});
