import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type postgres from "postgres";
import { z } from "zod";
import { MigrationRefused } from "./files.js";

/** A file of `drizzle/functions/`, named after the function it creates. */
export interface FunctionFile {
  readonly name: string;
  readonly text: string;
  /** SHA-256 of the text, in hex. */
  readonly hash: string;
}

/** The SQL functions of a release. */
export interface FunctionFiles {
  /** Raised with each change of a function, so that it shows which of two releases is newer. */
  readonly edition: number;
  readonly files: readonly FunctionFile[];
}

/** A function recorded in the database. */
interface InstalledFunction {
  readonly name: string;
  readonly edition: number;
  /** SHA-256 of the file that created it, in hex. */
  readonly hash: string;
  /** False if it was replaced after that file created it. */
  readonly intact: boolean;
}

/** The changes to make to the functions of a database. */
export interface FunctionPlan {
  readonly edition: number;
  /** Whether the edition is higher than the database's. True for a new database. */
  readonly isNewer: boolean;
  /** Functions to create or recreate. */
  readonly install: readonly FunctionFile[];
  /** Names of functions whose files are gone. */
  readonly drop: readonly string[];
  /** Names in `install` whose only reason is that someone replaced the function by hand. */
  readonly replaced: readonly string[];
  /** Signatures of functions that no release installed. They are dropped: they would be callable at run time. */
  readonly foreign: readonly string[];
}

const CLOCK = "now";
const editionFile = z.object({ edition: z.int().positive() });

/** Reads `functions/` in the folder of the migrations. @throws MigrationRefused `folder_unreadable` */
export async function readFunctions(folder: string): Promise<FunctionFiles> {
  const place = join(folder, "functions");
  try {
    const { edition } = editionFile.parse(JSON.parse(await readFile(join(place, "edition.json"), "utf8")));
    const names = (await readdir(place)).filter((name) => name.endsWith(".sql")).sort();
    const files = names.map(async (name) => {
      const text = await readFile(join(place, name), "utf8");
      return { name: name.slice(0, -".sql".length), text, hash: createHash("sha256").update(text).digest("hex") };
    });
    return { edition, files: await Promise.all(files) };
  } catch (fault) {
    const why = fault instanceof Error ? fault.message : "unknown fault";
    throw new MigrationRefused("folder_unreadable", `The functions in ${place} cannot be read: ${why}.`);
  }
}

/**
 * Hashes what a function does and how it may be called, without its name and rights; its comment counts, because it
 * decides about those. The hash survives a dump and restore, also into another version of PostgreSQL, whose
 * `pg_get_functiondef` may write the same function otherwise.
 */
const digest = (sql: postgres.ISql) => sql`
  (SELECT md5(string_agg(jsonb_build_array(p.prosrc, p.prosecdef, p.provolatile::text, p.proisstrict, p.proleakproof,
      p.proparallel::text, p.prokind::text, p.proretset, p.proconfig, l.lanname, pg_get_function_result(p.oid),
      pg_get_function_arguments(p.oid), obj_description(p.oid, 'pg_proc'))::text, '|' ORDER BY p.prosrc))
  FROM pg_proc p JOIN pg_namespace s ON s.oid = p.pronamespace JOIN pg_language l ON l.oid = p.prolang
  WHERE s.nspname = 'breakglass' AND p.proname = f.name)`;

/** A function of the schema `breakglass`, whoever created it. */
interface PresentFunction {
  readonly name: string;
  /** With its schema and the types of its parameters. */
  readonly signature: string;
}

/** Reads every function of the schema. */
export const presentFunctions = (sql: postgres.ISql): Promise<PresentFunction[]> => sql<PresentFunction[]>`
  SELECT p.proname AS name, format('%I.%I(%s)', s.nspname, p.proname, pg_get_function_identity_arguments(p.oid)) AS signature
  FROM pg_proc p JOIN pg_namespace s ON s.oid = p.pronamespace WHERE s.nspname = 'breakglass' ORDER BY 2`;

/** Reads the installed functions, and whether each is still intact. */
export async function installedFunctions(sql: postgres.ISql): Promise<InstalledFunction[]> {
  const [table] = await sql<{ exists: boolean }[]>`
    SELECT to_regclass('breakglass_migrations.functions') IS NOT NULL AS exists`;
  if (table?.exists !== true) return [];
  return sql<InstalledFunction[]>`
    SELECT f.name, f.edition, f.hash, f.installed IS NOT DISTINCT FROM ${digest(sql)} AS intact
    FROM breakglass_migrations.functions f ORDER BY f.name`;
}

/**
 * Plans which functions to install and drop. Two releases on one database cannot replace each other's functions in
 * turn: a lower edition is refused, and so are other files with the same edition.
 * @param keepClock leaves a replaced clock in place, for tests and the demo only
 * @throws MigrationRefused `database_newer` or `edited`
 */
export function planFunctions(
  { edition, files }: FunctionFiles,
  remembered: readonly InstalledFunction[],
  present: readonly PresentFunction[],
  { keepClock }: { readonly keepClock: boolean },
): FunctionPlan {
  const installed = Math.max(0, ...remembered.map((known) => known.edition));
  if (installed > edition) {
    throw new MigrationRefused(
      "database_newer",
      `The functions in the database are of edition ${installed}, newer than edition ${edition} of this version of Breakglass; start the newer version.`,
    );
  }
  const byName = new Map(remembered.map((known) => [known.name, known]));
  const names = new Set(files.map(({ name }) => name));
  const changed = files.filter(({ name, hash }) => byName.get(name)?.hash !== hash);
  const drop = remembered.map(({ name }) => name).filter((name) => !names.has(name));
  if (installed === edition && (changed.length > 0 || drop.length > 0)) {
    throw new MigrationRefused(
      "edited",
      `The functions of edition ${edition} were changed after they were installed (${[...changed.map(({ name }) => name), ...drop].join(", ")}); put the files back, or raise the number in drizzle/functions/edition.json.`,
    );
  }
  const replaced = files.filter(
    (file) => !changed.includes(file) && byName.get(file.name)?.intact === false && !(keepClock && file.name === CLOCK),
  );
  const foreign = present.filter(({ name }) => !names.has(name) && !byName.has(name)).map(({ signature }) => signature);
  return {
    edition,
    isNewer: installed < edition,
    install: [...changed, ...replaced],
    drop,
    replaced: replaced.map(({ name }) => name),
    foreign,
  };
}

/** Applies the plan. `tx` is a transaction of the schema's owner, who owns the functions afterwards. */
export async function installFunctions(
  tx: postgres.ISql,
  { edition, install, drop, foreign }: FunctionPlan,
): Promise<void> {
  for (const signature of foreign) await tx.unsafe(`DROP ROUTINE ${signature}`);
  // Functions call each other, so PostgreSQL must not check their bodies before all exist.
  await tx`SET LOCAL check_function_bodies = off`;
  await tx`
    CREATE TABLE IF NOT EXISTS breakglass_migrations.functions (
      name text PRIMARY KEY, edition integer NOT NULL, hash text NOT NULL, installed text NOT NULL)`;
  for (const name of [...drop, ...install.map((file) => file.name)]) {
    const old = await tx<{ signature: string }[]>`
      SELECT p.oid::regprocedure::text AS signature FROM pg_proc p JOIN pg_namespace s ON s.oid = p.pronamespace
      WHERE s.nspname = 'breakglass' AND p.proname = ${name}
        -- What a trigger calls is replaced in its place, and has no parameters.
        AND NOT EXISTS (SELECT FROM pg_trigger t WHERE t.tgfoid = p.oid)`;
    // CREATE OR REPLACE with other parameters would leave the old function beside the new one.
    for (const { signature } of old) await tx.unsafe(`DROP FUNCTION ${signature}`);
    await tx`DELETE FROM breakglass_migrations.functions WHERE name = ${name}`;
  }
  for (const { name, text, hash } of install) {
    await tx.unsafe(text);
    const recorded = await tx`
      INSERT INTO breakglass_migrations.functions (name, edition, hash, installed)
      SELECT f.name, ${edition}, ${hash}, ${digest(tx)} FROM (SELECT ${name}::text AS name) f
      WHERE ${digest(tx)} IS NOT NULL RETURNING name`;
    if (recorded.length === 0) throw new Error(`functions/${name}.sql makes no function breakglass.${name}`);
  }
  await tx`UPDATE breakglass_migrations.functions SET edition = ${edition} WHERE edition < ${edition}`;
}
