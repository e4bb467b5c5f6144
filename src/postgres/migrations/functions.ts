import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type postgres from "postgres";
import { z } from "zod";
import { MigrationRefused } from "./files.js";

/** A file of `drizzle/functions/`; its name is that of the function it makes. */
export interface FunctionFile {
  readonly name: string;
  readonly text: string;
  /** SHA-256 of the text, in hex. */
  readonly hash: string;
}

/** The SQL functions of a release. */
export interface FunctionFiles {
  /** Counts the changes: whoever changes a function raises it, so that of two releases the newer one is known. */
  readonly edition: number;
  readonly files: readonly FunctionFile[];
}

/** A function that the database remembers. */
interface Remembered {
  readonly name: string;
  readonly edition: number;
  /** Of the file it was made from. */
  readonly hash: string;
  /** Is it still what that file made, whoever may have replaced it since? */
  readonly intact: boolean;
}

/** What has to be done to the functions of a database. */
export interface FunctionPlan {
  readonly edition: number;
  /** To be made, or made again. */
  readonly install: readonly FunctionFile[];
  /** Their files are gone. */
  readonly drop: readonly string[];
  /** Which of `install` are there only because someone replaced them by hand. */
  readonly replaced: readonly string[];
}

const CLOCK = "now";
const editionFile = z.object({ edition: z.int().positive() });

/** Reads `functions/` in the folder of the migrations. */
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

/** What a function does, apart from its name and its rights: the same after a dump and a restore. */
const digest = (sql: postgres.ISql) => sql`
  (SELECT md5(string_agg(concat_ws('|', p.prosrc, p.prosecdef, p.provolatile, p.proconfig, p.proargnames), '|' ORDER BY p.prosrc))
  FROM pg_proc p JOIN pg_namespace s ON s.oid = p.pronamespace WHERE s.nspname = 'breakglass' AND p.proname = f.name)`;

/** The functions that were installed, and whether they are still those. */
export async function rememberedFunctions(sql: postgres.ISql): Promise<Remembered[]> {
  const [known] = await sql<{ there: boolean }[]>`
    SELECT to_regclass('breakglass_migrations.functions') IS NOT NULL AS there`;
  if (known?.there !== true) return [];
  return sql<Remembered[]>`
    SELECT f.name, f.edition, f.hash, f.installed IS NOT DISTINCT FROM ${digest(sql)} AS intact
    FROM breakglass_migrations.functions f ORDER BY f.name`;
}

/**
 * Which functions to install and to drop. Two releases on one database never replace each other's functions in turn: the one
 * with the lower edition is refused, and one edition is never two sets of files.
 * @param keepClock leaves a replaced clock in place: for tests and the demo only
 */
export function planFunctions(
  { edition, files }: FunctionFiles,
  remembered: readonly Remembered[],
  { keepClock }: { readonly keepClock: boolean },
): FunctionPlan {
  const installed = Math.max(0, ...remembered.map((one) => one.edition));
  if (installed > edition) {
    throw new MigrationRefused(
      "database_newer",
      `The functions in the database are of edition ${installed}, newer than edition ${edition} of this version of Breakglass; start the newer version.`,
    );
  }
  const known = new Map(remembered.map((one) => [one.name, one]));
  const names = new Set(files.map(({ name }) => name));
  const changed = files.filter(({ name, hash }) => known.get(name)?.hash !== hash);
  const drop = remembered.map(({ name }) => name).filter((name) => !names.has(name));
  if (installed === edition && (changed.length > 0 || drop.length > 0)) {
    throw new MigrationRefused(
      "edited",
      `The functions of edition ${edition} were changed after they were installed (${[...changed.map(({ name }) => name), ...drop].join(", ")}); put the files back, or raise the number in drizzle/functions/edition.json.`,
    );
  }
  const replaced = files.filter(
    (file) => !changed.includes(file) && known.get(file.name)?.intact === false && !(keepClock && file.name === CLOCK),
  );
  return { edition, install: [...changed, ...replaced], drop, replaced: replaced.map(({ name }) => name) };
}

/** Makes the functions what the plan says; `tx` is a transaction of the owner, who owns them afterwards. */
export async function installFunctions(tx: postgres.ISql, { edition, install, drop }: FunctionPlan): Promise<void> {
  // Functions call each other; none is looked at before all are there.
  await tx`SET LOCAL check_function_bodies = off`;
  await tx`
    CREATE TABLE IF NOT EXISTS breakglass_migrations.functions (
      name text PRIMARY KEY, edition integer NOT NULL, hash text NOT NULL, installed text NOT NULL)`;
  for (const name of [...drop, ...install.map((file) => file.name)]) {
    const old = await tx<{ signature: string }[]>`
      SELECT p.oid::regprocedure::text AS signature FROM pg_proc p JOIN pg_namespace s ON s.oid = p.pronamespace
      WHERE s.nspname = 'breakglass' AND p.proname = ${name}`;
    // Not CREATE OR REPLACE: with other parameters it would leave the old function beside the new one.
    for (const { signature } of old) await tx.unsafe(`DROP FUNCTION ${signature}`);
    await tx`DELETE FROM breakglass_migrations.functions WHERE name = ${name}`;
  }
  for (const { name, text, hash } of install) {
    await tx.unsafe(text);
    const made = await tx`
      INSERT INTO breakglass_migrations.functions (name, edition, hash, installed)
      SELECT f.name, ${edition}, ${hash}, ${digest(tx)} FROM (SELECT ${name}::text AS name) f
      WHERE ${digest(tx)} IS NOT NULL RETURNING name`;
    if (made.length === 0) throw new Error(`functions/${name}.sql makes no function breakglass.${name}`);
  }
  await tx`UPDATE breakglass_migrations.functions SET edition = ${edition} WHERE edition < ${edition}`;
}
