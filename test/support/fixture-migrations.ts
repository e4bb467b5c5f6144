import { mkdir, mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** One migration file made for a test. */
export interface Fixture {
  readonly tag: string;
  readonly when: number;
  readonly sql: string;
}

/** A file of `functions/`, named after the function, without `.sql`. */
export interface FixtureFunction {
  readonly name: string;
  readonly sql: string;
}

/** Two small migrations with the structure of the real ones. */
export const FIXTURES: readonly Fixture[] = [
  {
    tag: "0000_trail",
    when: 1_000,
    sql: `CREATE TABLE breakglass.trail (seq bigint PRIMARY KEY, body text NOT NULL);
CREATE TABLE breakglass.event_types (type text PRIMARY KEY, stream text NOT NULL, actor text NOT NULL);`,
  },
  { tag: "0001_more", when: 2_000, sql: "CREATE TABLE breakglass.more (id bigserial PRIMARY KEY);" },
];

/** A run-time function that depends on a later one, a function that is not for run time, and a clock. */
export const FUNCTIONS: readonly FixtureFunction[] = [
  {
    name: "append",
    sql: `CREATE FUNCTION breakglass.append(body text) RETURNS bigint LANGUAGE sql SECURITY DEFINER
  SET search_path = pg_catalog, breakglass, pg_temp
  AS $$ INSERT INTO breakglass.trail SELECT breakglass.next_seq(), $1 RETURNING seq $$;
COMMENT ON FUNCTION breakglass.append(text) IS 'run-time: appends one entry';`,
  },
  {
    name: "next_seq",
    sql: "CREATE FUNCTION breakglass.next_seq() RETURNS bigint LANGUAGE sql AS 'SELECT count(*) + 1 FROM breakglass.trail';",
  },
  {
    name: "now",
    sql: "CREATE FUNCTION breakglass.now() RETURNS timestamptz LANGUAGE plpgsql STABLE AS 'BEGIN RETURN clock_timestamp(); END';",
  },
  {
    name: "wipe",
    sql: `CREATE FUNCTION breakglass.wipe() RETURNS void LANGUAGE sql SECURITY DEFINER
  SET search_path = pg_catalog, breakglass, pg_temp AS $$ DELETE FROM breakglass.trail $$;`,
  },
];

/** Writes a folder of migrations and functions. Returns its path. */
export async function writeMigrations(
  fixtures: readonly Fixture[],
  functions: readonly FixtureFunction[] = FUNCTIONS,
  edition = 1,
): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "breakglass-migrations-"));
  await mkdir(join(folder, "meta"));
  await mkdir(join(folder, "functions"));
  const entries = fixtures.map(({ tag, when }, idx) => ({ idx, version: "7", when, tag, breakpoints: true }));
  await writeFile(
    join(folder, "meta", "_journal.json"),
    JSON.stringify({ version: "7", dialect: "postgresql", entries }),
  );
  for (const { tag, sql } of fixtures) await writeFile(join(folder, `${tag}.sql`), sql);
  await writeFile(join(folder, "functions", "edition.json"), JSON.stringify({ edition }));
  for (const { name, sql } of functions) await writeFile(join(folder, "functions", `${name}.sql`), sql);
  return folder;
}
