import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";

/** Why the database is not ready. */
export type MigrationCode =
  | "folder_unreadable"
  | "edited"
  | "missing"
  | "out_of_order"
  | "database_newer"
  /** Created by a version from before the first release. */
  | "unreleased"
  | "not_owner"
  /** A function was replaced by hand, and the role cannot restore it. */
  | "replaced"
  | "locked"
  | "failed"
  | "rights"
  /** All migrations are applied, but the job queue has no schema. */
  | "jobs_schema";

/** The database cannot be migrated. The message says why, what state the database is in, and what to do next. */
export class MigrationRefused extends Error {
  override readonly name = "MigrationRefused";

  constructor(
    readonly code: MigrationCode,
    message: string,
  ) {
    super(code === "jobs_schema" ? message : `${message} The database was left as it was.`);
  }
}

/** A migration on disk. */
export interface MigrationFile {
  /** The file's name without `.sql`. */
  readonly tag: string;
  readonly text: string;
  /** The time in the journal, in epoch milliseconds. Defines the order. */
  readonly when: number;
  /** SHA-256 of the file's text, in hex. */
  readonly hash: string;
}

/** A migration recorded in the database. */
export interface AppliedMigration {
  readonly when: number;
  readonly hash: string;
}

const journal = z.object({ entries: z.array(z.object({ tag: z.string().regex(/^[\w-]+$/), when: z.number().int() })) });

/** Reads the journal and every file it names, in order. */
export async function readMigrations(folder: string): Promise<MigrationFile[]> {
  try {
    const { entries } = journal.parse(JSON.parse(await readFile(join(folder, "meta", "_journal.json"), "utf8")));
    return await Promise.all(
      entries.map(async ({ tag, when }) => {
        const text = await readFile(join(folder, `${tag}.sql`), "utf8");
        return { tag, text, when, hash: createHash("sha256").update(text).digest("hex") };
      }),
    );
  } catch (fault) {
    const why = fault instanceof Error ? fault.message : "unknown fault";
    throw new MigrationRefused("folder_unreadable", `The migrations in ${folder} cannot be read: ${why}.`);
  }
}

/**
 * Returns the migrations that have not been applied.
 * @throws MigrationRefused when an applied file was edited or removed, a file was inserted before an applied one, or
 * the database is newer than the code or from before the first release
 */
export function pendingMigrations(
  files: readonly MigrationFile[],
  applied: readonly AppliedMigration[],
): MigrationFile[] {
  const unsorted = files.find((file, at) => file.when <= (files[at - 1]?.when ?? Number.NEGATIVE_INFINITY));
  if (unsorted) {
    throw new MigrationRefused("out_of_order", `Migration ${unsorted.tag} is not newer than the one before it.`);
  }
  const oldest = files[0]?.when ?? Number.NEGATIVE_INFINITY;
  if (applied.some(({ when }) => when < oldest)) {
    throw new MigrationRefused(
      "unreleased",
      "The database was made by a state of Breakglass from before its first release, and its trail cannot be carried over. Use a new, empty database: another DATABASE_URL or, with the embedded server, another folder in BREAKGLASS_DATA; for the demo, npm run demo -- --fresh.",
    );
  }
  const newest = files.at(-1)?.when ?? Number.NEGATIVE_INFINITY;
  for (const { when, hash } of applied) {
    const file = files.find((candidate) => candidate.when === when);
    if (file?.hash === hash) continue;
    if (file) {
      throw new MigrationRefused("edited", `Migration ${file.tag} was edited after it was run; put the file back.`);
    }
    const date = new Date(when).toISOString();
    if (when > newest) {
      throw new MigrationRefused(
        "database_newer",
        `The database has a migration of ${date}, newer than this version of Breakglass; start the newer version.`,
      );
    }
    throw new MigrationRefused("missing", `The migration of ${date} was run, but its file is gone; put it back.`);
  }
  const done = new Set(applied.map(({ when }) => when));
  const pending = files.filter(({ when }) => !done.has(when));
  const last = Math.max(Number.NEGATIVE_INFINITY, ...done);
  const late = pending.find(({ when }) => when < last);
  if (late) {
    throw new MigrationRefused("out_of_order", `Migration ${late.tag} was slipped in before one that was already run.`);
  }
  return pending;
}
