import { mkdir, mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** One file of a folder of migrations made for a test. */
export interface Fixture {
  readonly tag: string;
  readonly when: number;
  readonly sql: string;
}

/** Two small migrations of the shape of ours: a trail, a function meant for run time, and one that is not. */
export const FIXTURES: readonly Fixture[] = [
  {
    tag: "0000_trail",
    when: 1_000,
    sql: `CREATE SCHEMA breakglass;
--> statement-breakpoint
CREATE TABLE breakglass.trail (seq bigint PRIMARY KEY, body text NOT NULL);
--> statement-breakpoint
CREATE FUNCTION breakglass.append(body text) RETURNS bigint LANGUAGE sql SECURITY DEFINER
  SET search_path = pg_catalog, breakglass, pg_temp
  AS $$ INSERT INTO breakglass.trail SELECT (SELECT count(*) + 1 FROM breakglass.trail), $1 RETURNING seq $$;
--> statement-breakpoint
COMMENT ON FUNCTION breakglass.append(text) IS 'run-time: appends one entry';
--> statement-breakpoint
CREATE FUNCTION breakglass.wipe() RETURNS void LANGUAGE sql SECURITY DEFINER
  SET search_path = pg_catalog, breakglass, pg_temp AS $$ DELETE FROM breakglass.trail $$;`,
  },
  { tag: "0001_more", when: 2_000, sql: "CREATE TABLE breakglass.more (id bigserial PRIMARY KEY);" },
];

/** Writes a folder of migrations as Drizzle keeps it, and answers with its path. */
export async function writeMigrations(fixtures: readonly Fixture[]): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "breakglass-migrations-"));
  await mkdir(join(folder, "meta"));
  const entries = fixtures.map(({ tag, when }, idx) => ({ idx, version: "7", when, tag, breakpoints: true }));
  await writeFile(
    join(folder, "meta", "_journal.json"),
    JSON.stringify({ version: "7", dialect: "postgresql", entries }),
  );
  for (const { tag, sql } of fixtures) await writeFile(join(folder, `${tag}.sql`), sql);
  return folder;
}
