import postgres from "postgres";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { moveDatabaseClock } from "../../../demo/moved-clock.js";
import { EVENT_TYPES } from "../../../src/domain/events/catalogue/catalogue.js";
import { createDatabase, type Database } from "../../../src/postgres/connection/database.js";
import { inspectDatabase } from "../../../src/postgres/integrity/inspect.js";
import { presentStructure, type SchemaObject } from "../../../src/postgres/integrity/structure.js";
import { createTestDatabase, type TestDatabase } from "../../support/postgres.js";

let testDatabase: TestDatabase;
let admin: postgres.Sql;
let db: Database;

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  admin = postgres(testDatabase.adminUrl, { max: 1, onnotice: () => {} });
  db = createDatabase({ url: testDatabase.appUrl, max: 1, applicationName: "inspect-test" });
});
afterAll(async () => {
  await Promise.all([admin.end({ timeout: 1 }), db.end()]);
  await testDatabase.drop();
});

class RolledBack extends Error {}

/** What an inspection says after an owner or a superuser made this change, which is rolled back. */
async function alteredBy(statements: string): Promise<readonly string[]> {
  let altered: readonly string[] = [];
  await admin
    .begin(async (sql) => {
      await sql.unsafe(statements);
      await sql`SET LOCAL search_path = pg_catalog`;
      const inside: Database = { ...db, query: async (build) => [...(await build(sql))] };
      ({ altered } = await inspectDatabase(inside, EVENT_TYPES));
      throw new RolledBack();
    })
    .catch((fault: unknown) => {
      if (!(fault instanceof RolledBack)) throw fault;
    });
  return altered;
}

describe("a database as this release makes it", () => {
  test("holds what drizzle/structure.json lists", async () => {
    const present = await db.query(presentStructure, { label: "structure" });
    const line = ({ kind, name, definition }: SchemaObject) => JSON.stringify({ kind, name, definition });
    const lines = present.map(line).sort();
    await expect(`[\n${lines.join(",\n")}\n]\n`).toMatchFileSnapshot("../../../drizzle/structure.json");
  });

  test("has nothing to name, for the run-time role and for a superuser", async () => {
    expect(await inspectDatabase(db, EVENT_TYPES)).toEqual({ altered: [], movedClockMs: null });
    expect(await alteredBy("SELECT")).toEqual([]);
  });

  test("may give others the right to read", async () => {
    const readers = `GRANT USAGE ON SCHEMA breakglass TO ${testDatabase.jobsRole}; GRANT SELECT ON breakglass.trail TO ${testDatabase.jobsRole}`;
    expect(await alteredBy(readers)).toEqual([]);
  });
});

const TIME = "breakglass.violation_of_time(text, timestamptz, timestamptz, timestamptz)";
const QUIET = `CREATE FUNCTION public.quiet() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';`;

describe("what an owner or a superuser has changed is named:", () => {
  test.each([
    [
      "a trigger that is off",
      "ALTER TABLE breakglass.trail DISABLE TRIGGER trail_is_never_changed",
      /trigger trail\.trail_is_never_changed is not that of this release/,
    ],
    [
      "a trigger that a replica leaves out",
      "ALTER TABLE breakglass.trail_text ENABLE TRIGGER texts_are_only_redacted",
      /trigger trail_text\.texts_are_only_redacted is not that of this release/,
    ],
    [
      "a trigger that is gone",
      "DROP TRIGGER texts_are_never_removed ON breakglass.trail_text",
      /trigger trail_text\.texts_are_never_removed is missing/,
    ],
    [
      "a trigger that refuses less",
      `DROP TRIGGER trail_is_never_changed ON breakglass.trail;
       CREATE TRIGGER trail_is_never_changed BEFORE TRUNCATE ON breakglass.trail EXECUTE FUNCTION breakglass.refuse_change();
       ALTER TABLE breakglass.trail ENABLE ALWAYS TRIGGER trail_is_never_changed`,
      /trail_is_never_changed is not that of this release/,
    ],
    [
      "another trigger",
      `${QUIET} CREATE TRIGGER quiet BEFORE INSERT ON breakglass.outbox FOR EACH ROW EXECUTE FUNCTION public.quiet()`,
      /none of this release: the trigger outbox\.quiet/,
    ],
    [
      "checks of references that are off",
      "ALTER TABLE breakglass.trail DISABLE TRIGGER ALL",
      /none of this release: the check of references trail/,
    ],
    [
      "a rule",
      "CREATE RULE nothing AS ON INSERT TO breakglass.outbox DO INSTEAD NOTHING",
      /none of this release: the rule outbox\.nothing/,
    ],
    ["row security", "ALTER TABLE breakglass.bypasses ENABLE ROW LEVEL SECURITY", /relation bypasses is not that/],
    [
      "a policy of row security",
      "CREATE POLICY hidden ON breakglass.outbox USING (false)",
      /none of this release: the policy of row security outbox\.hidden/,
    ],
    [
      "a table that inherits",
      "CREATE TABLE public.more () INHERITS (breakglass.gate_marks)",
      /relation gate_marks is not that/,
    ],
    [
      "a view in place of a table",
      "ALTER TABLE breakglass.drafts RENAME TO d; CREATE VIEW breakglass.drafts AS SELECT * FROM breakglass.d",
      /relation drafts is not that/,
    ],
    ["a table that is gone", "DROP TABLE breakglass.home_viewers", /home_viewers is missing/],
    [
      "a table that does not survive a crash",
      "ALTER TABLE breakglass.commands SET UNLOGGED",
      /relation commands is not that/,
    ],
    [
      "another column",
      "ALTER TABLE breakglass.head ADD COLUMN note text",
      /none of this release: the column head\.note/,
    ],
    ["another table", "CREATE TABLE breakglass.mine (id int)", /none of this release: the relation mine/],
    [
      "an operator",
      "CREATE OPERATOR breakglass.=== (FUNCTION = texteq, LEFTARG = text, RIGHTARG = text)",
      /none of this release: the operator breakglass\.===/,
    ],
    [
      "a table of another owner",
      `ALTER TABLE breakglass.trail OWNER TO ${"CURRENT_USER"}`,
      /table trail does not belong to the owner/,
    ],
    [
      "a function of another owner",
      "ALTER FUNCTION breakglass.commit(jsonb) OWNER TO CURRENT_USER",
      /function commit does not belong to the owner/,
    ],
    [
      "a function that does less, although the record of it was changed, too",
      `CREATE OR REPLACE FUNCTION breakglass.lock_head() RETURNS void LANGUAGE plpgsql AS 'BEGIN END';
       UPDATE breakglass_migrations.functions SET installed = 'x' WHERE name = 'lock_head'`,
      /lock_head is not that of this release/,
    ],
    [
      "a function with rights of its owner",
      "ALTER FUNCTION breakglass.retire(text) SECURITY INVOKER",
      /retire is not that/,
    ],
    ["a function with other settings", "ALTER FUNCTION breakglass.commit(jsonb) RESET ALL", /commit is not that/],
    [
      "a function with a comment that lets others call it",
      "COMMENT ON FUNCTION breakglass.lock_head() IS 'run-time: x'",
      /lock_head is not that/,
    ],
    ["a function that is skipped for a NULL", `ALTER FUNCTION ${TIME} STRICT`, /violation_of_time is not that/],
    [
      "a function that may be called before a filter",
      `ALTER FUNCTION ${TIME} LEAKPROOF`,
      /violation_of_time is not that/,
    ],
    [
      "a function whose parameters have changed places",
      `ALTER FUNCTION ${TIME} RENAME TO old;
       DO $do$ BEGIN EXECUTE replace(replace(pg_get_functiondef('breakglass.old'::regproc), 'breakglass.old', 'breakglass.violation_of_time'),
         '(kind text, at timestamp with time zone, before', '(kind text, before timestamp with time zone, at'); END $do$;
       DROP FUNCTION ${TIME.replace("violation_of_time", "old")}`,
      /violation_of_time is not that/,
    ],
    [
      "a check that runs somebody's code",
      "ALTER TABLE breakglass.trail_text ADD CONSTRAINT c CHECK (text <> 'x') NOT VALID",
      /none of this release: the constraint trail_text\.c/,
    ],
    [
      "a check that is gone",
      "ALTER TABLE breakglass.head DROP CONSTRAINT head_one_check",
      /constraint head.head_one_check is missing/,
    ],
    ["a default", "ALTER TABLE breakglass.outbox ALTER attempts SET DEFAULT 7", /column outbox\.attempts is not that/],
    [
      "a column that may be empty",
      "ALTER TABLE breakglass.trail ALTER body DROP NOT NULL",
      /column trail\.body is not that/,
    ],
    [
      "an index that keeps entries out",
      "CREATE UNIQUE INDEX i ON breakglass.trail (length(body)) WHERE body LIKE '%denied%'",
      /none of this release: the index breakglass\.i/,
    ],
    [
      "a uniqueness that is gone",
      "DROP INDEX breakglass.trail_stream_version",
      /index breakglass\.trail_stream_version is missing/,
    ],
    [
      "positions that count backwards",
      "ALTER TABLE breakglass.outbox ALTER position SET INCREMENT -1",
      /sequence outbox_position_seq is not that/,
    ],
    [
      "a collation",
      'CREATE COLLATION breakglass.mine FROM "C"',
      /none of this release: the collation breakglass\.mine/,
    ],
    [
      "a function beside those of PostgreSQL",
      `SET LOCAL allow_system_table_mods = on;
       CREATE FUNCTION pg_catalog.clock_timestamp(text) RETURNS int LANGUAGE sql AS 'SELECT 1'`,
      /clock_timestamp\(text\) was put beside PostgreSQL's own/,
    ],
    ["a function that is gone", "DROP FUNCTION breakglass.retire(text)", /retire is missing/],
    [
      "a function beside another one",
      "CREATE FUNCTION breakglass.commit(text) RETURNS int LANGUAGE sql AS 'SELECT 1'",
      /commit is there more than once/,
    ],
    [
      "a function of nobody",
      "CREATE FUNCTION breakglass.backdoor() RETURNS int LANGUAGE sql AS 'SELECT 1'",
      /backdoor is none of this release/,
    ],
    [
      "a clock that stands still",
      "CREATE OR REPLACE FUNCTION breakglass.now() RETURNS timestamptz LANGUAGE plpgsql STABLE AS 'BEGIN RETURN to_timestamp(0); END'",
      /now is not that/,
    ],
    [
      "a right to write",
      "GRANT UPDATE ON breakglass.head TO PUBLIC",
      /PUBLIC\) has UPDATE on the table breakglass.head/,
    ],
    [
      "a right to write one column",
      "GRANT UPDATE (posted_ts) ON breakglass.outbox TO PUBLIC",
      /has UPDATE on the table breakglass.outbox/,
    ],
    [
      "a right to read for everybody",
      "GRANT SELECT ON breakglass.trail_text TO PUBLIC",
      /has SELECT on the table breakglass.trail_text/,
    ],
    [
      "a right to call for everybody",
      "GRANT EXECUTE ON FUNCTION breakglass.commit(jsonb) TO PUBLIC",
      /has EXECUTE on the routine breakglass.commit/,
    ],
    ["a right to create", "GRANT CREATE ON SCHEMA breakglass TO PUBLIC", /has CREATE on the schema breakglass/],
    [
      "a right that may be given on",
      "GRANT SELECT ON breakglass.head TO CURRENT_USER WITH GRANT OPTION",
      /has SELECT on the table breakglass.head, and may give it to others/,
    ],
    [
      "an owner who may log in",
      "ALTER ROLE breakglass_owner LOGIN",
      /breakglass_owner, which owns the schema, may log in/,
    ],
    ["event types that were removed", "DELETE FROM breakglass.event_types", /event types is not that of this release/],
    [
      "an event type of nobody",
      "INSERT INTO breakglass.event_types VALUES ('a.b', 'both', 'both')",
      /event types is not .*: a\.b/,
    ],
    [
      "an event trigger that runs at each login",
      "CREATE FUNCTION public.e() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END'; CREATE EVENT TRIGGER e ON login EXECUTE FUNCTION public.e()",
      /event trigger e runs/,
    ],
  ])("%s", async (_, statements, named) => {
    expect((await alteredBy(statements)).join("\n")).toMatch(named);
  });
});

test("a clock that the demo has moved is told, and is not held against the database", async () => {
  await moveDatabaseClock(testDatabase.adminUrl, 90_000);
  expect(await inspectDatabase(db, EVENT_TYPES)).toEqual({ altered: [], movedClockMs: 90_000 });
});
