import { drizzle } from "drizzle-orm/postgres-js";
import { migrate as runMigrations } from "drizzle-orm/postgres-js/migrator";
import postgres from "postgres";
import { type AppliedMigration, MigrationRefused, pendingMigrations, readMigrations } from "./migrations-files.js";
import { ensureJobsSchema, grantRunTime, NOBODY, OWNER_ROLE, ownerFor } from "./migrations-owner.js";

export { type MigrationCode, MigrationRefused } from "./migrations-files.js";

/** The schema and table in which the migrations that were run are remembered. */
const MEMORY = { migrationsSchema: "breakglass_migrations", migrationsTable: "__drizzle_migrations" };
/** The advisory lock under which migrations run: "migrate" in letters. */
const KEY = "30797754043856997";
const LOCK_TIMEOUT_S = 120;

/** What a migration needs to know. */
export interface MigrateOptions {
  /** Who runs the migrations; may be the run-time role itself. */
  readonly adminUrl: string;
  /** The role the bot logs in with at run time; it must exist. */
  readonly appRole: string;
  /** The role of the job queue on PostgreSQL, which gets the schema `bullmq`; undefined when the queue is on Redis. */
  readonly jobsRole: string | undefined;
  /** The folder with the SQL files and `meta/_journal.json`. */
  readonly folder: string;
  /** Whether commits may go by another time than the database's: in tests and the demo alone. Left as it is if left out. */
  readonly movableClock?: boolean;
  readonly log: (line: string) => void;
}

/** What a migration did. */
export interface Migrated {
  /** The names of the files that were run now, in order. */
  readonly applied: readonly string[];
  /** Who owns the schema `breakglass`. */
  readonly ownerRole: string;
}

/**
 * Brings the database to the state of the code, and the rights of the run-time role to what it needs. All files run in
 * one transaction, under a lock, so several processes may start at once. Harmless to repeat.
 * @throws MigrationRefused when files and database do not belong together, or the rights do not suffice.
 */
export async function migrate(options: MigrateOptions): Promise<Migrated> {
  const files = await readMigrations(options.folder);
  const admin = connect(options.adminUrl, {});
  try {
    await takeLock(admin);
    const pending = pendingMigrations(files, await appliedMigrations(admin));
    const ownerRole = await ownerFor(admin, options.appRole);
    if (ownerRole === NOBODY) {
      if (pending.length > 0) throw notOwner(pending.length);
      return { applied: [], ownerRole: await schemaOwner(admin) };
    }
    await asOwner(options, ownerRole, pending.length > 0);
    if (options.jobsRole !== undefined) await ensureJobsSchema(admin, options.jobsRole);
    const applied = pending.map(({ tag }) => tag);
    if (applied.length > 0) options.log(`Migrations run: ${applied.join(", ")}.`);
    return { applied, ownerRole };
  } finally {
    await admin.end({ timeout: 1 });
  }
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

async function takeLock(admin: postgres.Sql): Promise<void> {
  try {
    await admin`SELECT set_config('lock_timeout', ${`${LOCK_TIMEOUT_S}s`}, false)`;
    await admin`SELECT pg_advisory_lock(${KEY}::bigint)`;
  } catch (fault) {
    if (!(fault instanceof postgres.PostgresError) || fault.code !== "55P03") throw fault;
    throw new MigrationRefused(
      "locked",
      `Another process has been migrating for over ${LOCK_TIMEOUT_S} s; look at it.`,
    );
  }
}

async function appliedMigrations(admin: postgres.Sql): Promise<AppliedMigration[]> {
  const table = `${MEMORY.migrationsSchema}.${MEMORY.migrationsTable}`;
  const [known] = await admin<{ there: boolean }[]>`SELECT to_regclass(${table}) IS NOT NULL AS there`;
  if (known?.there !== true) return [];
  const rows = await admin<{ hash: string; when: string }[]>`
    SELECT hash, created_at::text AS when
    FROM ${admin(MEMORY.migrationsSchema)}.${admin(MEMORY.migrationsTable)} ORDER BY created_at`;
  return rows.map(({ hash, when }) => ({ hash, when: Number(when) }));
}

/** Runs the files and sets the rights as the owner, who then owns all that they make. */
async function asOwner(options: MigrateOptions, ownerRole: string, pending: boolean): Promise<void> {
  // The role is a setting of the connection, not a SET ROLE: it would not outlive a reconnect of the driver.
  const owner = connect(options.adminUrl, { role: ownerRole });
  try {
    if (pending) {
      if (ownerRole === OWNER_ROLE) await owner`ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON ROUTINES FROM PUBLIC`;
      await runMigrations(drizzle(owner), { migrationsFolder: options.folder, ...MEMORY }).catch((fault: unknown) => {
        throw new MigrationRefused("failed", `A migration failed: ${reason(fault)}.`);
      });
    }
    const { movableClock } = options;
    if (movableClock !== undefined) await owner`UPDATE breakglass.clock SET may_be_moved = ${movableClock}`;
    await grantRunTime(owner, options.appRole).catch((fault: unknown) => {
      throw rightsNotSet(options.appRole, fault);
    });
  } finally {
    await owner.end({ timeout: 1 });
  }
}

function rightsNotSet(appRole: string, fault: unknown): MigrationRefused {
  return new MigrationRefused(
    "rights",
    `The migrations stand, but the rights of the role ${appRole} could not be set: ${reason(fault)}. Mend that and start again; every start sets them.`,
  );
}

/** Drizzle wraps the server's error in one that begins with the whole SQL file. */
function reason(fault: unknown): string {
  const inner = fault instanceof Error && fault.cause instanceof Error ? fault.cause : fault;
  return inner instanceof Error ? inner.message : "unknown fault";
}

async function schemaOwner(admin: postgres.Sql): Promise<string> {
  const [row] = await admin<{ name: string }[]>`
    SELECT pg_get_userbyid(nspowner) AS name FROM pg_namespace WHERE nspname = 'breakglass'`;
  return row?.name ?? NOBODY;
}

function notOwner(count: number): MigrationRefused {
  return new MigrationRefused(
    "not_owner",
    `${count} migrations are to be run, but the role of the connection does not own the schema breakglass; set DATABASE_ADMIN_URL to a role that does.`,
  );
}
