import postgres from "postgres";
import { type EventTypeRow, planEventTypes, storedEventTypes, writeEventTypes } from "./event-types.js";
import {
  type AppliedMigration,
  type MigrationFile,
  MigrationRefused,
  pendingMigrations,
  readMigrations,
} from "./files.js";
import {
  type FunctionPlan,
  installedFunctions,
  installFunctions,
  planFunctions,
  presentFunctions,
  readFunctions,
} from "./functions.js";
import { type LockPatience, takeLock } from "./lock.js";
import { ensureJobsSchema, grantRunTime, ownerFor } from "./owner.js";

export type { EventTypeRow } from "./event-types.js";
export { type MigrationCode, MigrationRefused } from "./files.js";

export interface MigrateOptions {
  /** Logs in the role that runs the migrations; may be the run-time role itself. */
  readonly adminUrl: string;
  /** The role the bot logs in with at run time; it must exist. */
  readonly appRole: string;
  /** The role of the job queue on PostgreSQL, which gets the schema `bullmq`; undefined when the queue is on Redis. */
  readonly jobsRole: string | undefined;
  /** The folder with the SQL files, `meta/_journal.json` and `functions/`. */
  readonly folder: string;
  /** The event catalogue. Types are added but never removed: a trail may hold events of old types. */
  readonly eventTypes: readonly EventTypeRow[];
  /**
   * Keeps a replaced `breakglass.now()`, for tests and the demo only, which move time that way. Any other start
   * restores the real clock. False if left out.
   */
  readonly keepClock?: boolean;
  readonly log: (line: string) => void;
  /** How long to wait for another process that migrates; two minutes if left out. */
  readonly patience?: LockPatience;
}

/** What a migration did. */
export interface Migrated {
  /** The names of the files that this call applied, in order. */
  readonly applied: readonly string[];
  /** The owner of the schema `breakglass`. */
  readonly ownerRole: string;
}

/**
 * Brings the database's tables, functions and event types up to date with the code, and resets the rights of the
 * run-time role. Runs in one transaction under a lock, so several processes can start at once. Idempotent.
 * @throws MigrationRefused when the files do not match the database, or the rights do not suffice
 */
export async function migrate(options: MigrateOptions): Promise<Migrated> {
  const files = await readMigrations(options.folder);
  const functions = await readFunctions(options.folder);
  const admin = connect(options.adminUrl, {});
  try {
    await takeLock(admin, options.log, options.patience);
    const pending = pendingMigrations(files, await appliedMigrations(admin));
    const plan = planFunctions(functions, await installedFunctions(admin), await presentFunctions(admin), {
      keepClock: options.keepClock ?? false,
    });
    const eventTypes = planEventTypes(options.eventTypes, await storedEventTypes(admin), plan.isNewer);
    const changes = { pending, plan, eventTypes };
    const ownerRole = await ownerFor(admin, options.appRole);
    if (ownerRole === null) {
      requireNoChanges(changes);
      return { applied: [], ownerRole: await schemaOwner(admin) };
    }
    await applyAsOwner(options, ownerRole, changes);
    if (options.jobsRole !== undefined) await ensureJobsSchema(admin, options.jobsRole);
    const applied = pending.map(({ tag }) => tag);
    if (applied.length > 0) options.log(`Migrations run: ${applied.join(", ")}.`);
    if (plan.replaced.length > 0) {
      options.log(`Functions that had been replaced by hand were put back: ${plan.replaced.join(", ")}.`);
    }
    if (plan.foreign.length > 0) {
      options.log(`Functions that are not Breakglass's were dropped: ${plan.foreign.join(", ")}.`);
    }
    return { applied, ownerRole };
  } finally {
    await admin.end({ timeout: 1 });
  }
}

/** Everything that a migration changes, rights aside. */
interface Changes {
  readonly pending: readonly MigrationFile[];
  readonly plan: FunctionPlan;
  readonly eventTypes: readonly EventTypeRow[];
}

type Settings = Record<string, string | number>;

function connect(url: string, settings: Settings): postgres.Sql {
  return postgres(url, {
    max: 1,
    fetch_types: false,
    max_lifetime: null,
    connect_timeout: 10,
    onnotice: () => {},
    connection: { application_name: "breakglass migrate", ...settings },
  });
}

async function appliedMigrations(admin: postgres.Sql): Promise<AppliedMigration[]> {
  const [table] = await admin<{ exists: boolean }[]>`
    SELECT to_regclass('breakglass_migrations.__drizzle_migrations') IS NOT NULL AS exists`;
  if (table?.exists !== true) return [];
  const rows = await admin<{ hash: string; when: string }[]>`
    SELECT hash, created_at::text AS when FROM breakglass_migrations.__drizzle_migrations ORDER BY created_at`;
  return rows.map(({ hash, when }) => ({ hash, when: Number(when) }));
}

/** Makes all changes as the owner, who then owns what they create. */
async function applyAsOwner(
  options: MigrateOptions,
  ownerRole: string,
  { pending, plan, eventTypes }: Changes,
): Promise<void> {
  // A setting of the connection, because a SET ROLE would not survive a reconnect of the driver.
  const owner = connect(options.adminUrl, { role: ownerRole });
  try {
    await owner.begin(async (tx) => {
      await refuseOnError("failed", "A migration failed", async () => {
        if (pending.length > 0) await runMigrations(tx, pending);
        if (plan.isNewer || plan.install.length + plan.drop.length + plan.foreign.length > 0)
          await installFunctions(tx, plan);
        await writeEventTypes(tx, eventTypes);
      });
      await refuseOnError("rights", `The rights of the role ${options.appRole} cannot be set`, () =>
        grantRunTime(tx, options.appRole),
      );
    });
  } finally {
    await owner.end({ timeout: 1 });
  }
}

async function runMigrations(tx: postgres.ISql, pending: readonly MigrationFile[]): Promise<void> {
  await tx`CREATE SCHEMA IF NOT EXISTS breakglass_migrations`;
  await tx`
    CREATE TABLE IF NOT EXISTS breakglass_migrations.__drizzle_migrations (
      id serial PRIMARY KEY, hash text NOT NULL, created_at bigint NOT NULL)`;
  for (const { text, hash, when } of pending) {
    await tx.unsafe(text);
    await tx`INSERT INTO breakglass_migrations.__drizzle_migrations (hash, created_at) VALUES (${hash}, ${when})`;
  }
}

async function refuseOnError(code: "failed" | "rights", what: string, step: () => Promise<void>): Promise<void> {
  try {
    await step();
  } catch (fault) {
    throw new MigrationRefused(code, `${what}: ${fault instanceof Error ? fault.message : "unknown fault"}.`);
  }
}

async function schemaOwner(admin: postgres.Sql): Promise<string> {
  const [row] = await admin<{ name: string }[]>`
    SELECT pg_get_userbyid(nspowner) AS name FROM pg_namespace WHERE nspname = 'breakglass'`;
  if (row === undefined) throw new Error("PostgreSQL returned no row for the schema breakglass.");
  return row.name;
}

/** Throws if anything is left to change, because the role cannot change it. */
function requireNoChanges({ pending, plan, eventTypes }: Changes): void {
  const { install, drop, replaced, foreign } = plan;
  if (pending.length > 0 || install.length + drop.length > replaced.length || eventTypes.length > 0) {
    throw new MigrationRefused(
      "not_owner",
      "Migrations are to be run (tables, functions or event types), but the role of the connection does not own the schema breakglass; set DATABASE_ADMIN_URL to a role that does.",
    );
  }
  if (replaced.length + foreign.length > 0) {
    throw new MigrationRefused(
      "replaced",
      `Functions of the schema breakglass were replaced or added by hand (${[...replaced, ...foreign].join(", ")}); set DATABASE_ADMIN_URL once to the role that owns the schema, and they are put back or dropped.`,
    );
  }
}
