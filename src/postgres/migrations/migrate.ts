import postgres from "postgres";
import { parsePostgresAddress } from "../../lib/postgres-address/address.js";
import { createSocketOpener } from "../../lib/postgres-address/open-socket.js";
import { PostgresSocketError } from "../../lib/postgres-address/socket-error.js";
import { driverOptions } from "../connection/driver-options.js";
import { type EventTypeRow, planEventTypes, storedEventTypes, writeEventTypes } from "./event-types.js";
import {
  type AppliedMigration,
  type MigrationFile,
  MigrationRefused,
  pendingMigrations,
  readMigrations,
} from "./files.js";
import {
  type FunctionFiles,
  type FunctionPlan,
  installedFunctions,
  installFunctions,
  planFunctions,
  presentFunctions,
  readFunctions,
} from "./functions.js";
import { isLockTimeout, type LockPatience, lockMigrations, queueForStart } from "./lock.js";
import { ensureJobsSchema, ensureSchemas, ownerFor } from "./owner.js";
import { grantRunTime } from "./rights.js";

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
  const { admin, close } = connect(options.adminUrl);
  try {
    const { changes, ownerRole, isOwner } = await queued(admin, options, async (tx) => {
      const ownerRole = await ownerFor(tx, options.appRole);
      if (ownerRole === null) {
        requireNoChanges(await changesFor(tx, options, files, functions));
        return { changes: null, ownerRole: await schemaOwner(tx), isOwner: false };
      }
      await ensureSchemas(tx, ownerRole, options.appRole);
      // Until the end of the transaction only: the session may be another's afterwards.
      await tx`SELECT set_config('role', ${ownerRole}, true)`;
      await lockMigrations(tx, options.patience);
      const changes = await changesFor(tx, options, files, functions);
      await applyAsOwner(tx, options, changes);
      return { changes, ownerRole, isOwner: true };
    });
    const { jobsRole } = options;
    if (isOwner && jobsRole !== undefined) await queued(admin, options, (tx) => ensureJobsSchema(tx, jobsRole));
    const applied = changes?.pending.map(({ tag }) => tag) ?? [];
    if (changes !== null) tellChanges(options.log, changes);
    return { applied, ownerRole };
  } finally {
    await close();
  }
}

const CONNECT_TIMEOUT_S = 10;

/** Everything that a migration changes, rights aside. */
interface Changes {
  readonly pending: readonly MigrationFile[];
  readonly plan: FunctionPlan;
  readonly eventTypes: readonly EventTypeRow[];
}

function tellChanges(log: (line: string) => void, { pending, plan: { replaced, foreign } }: Changes): void {
  if (pending.length > 0) log(`Migrations run: ${pending.map(({ tag }) => tag).join(", ")}.`);
  if (replaced.length > 0) log(`Functions that had been replaced by hand were put back: ${replaced.join(", ")}.`);
  if (foreign.length > 0) log(`Functions that are not Breakglass's were dropped: ${foreign.join(", ")}.`);
}

/** One connection that keeps nothing in its session, because a pooler may give each transaction another one. */
function connect(url: string): { readonly admin: postgres.Sql; close(): Promise<void> } {
  const address = parsePostgresAddress(url);
  const end = new AbortController();
  const options = {
    ...driverOptions({
      address,
      openSocket: createSocketOpener(address, CONNECT_TIMEOUT_S * 1_000),
      signal: end.signal,
      applicationName: "breakglass migrate",
      // Not known, and what a pooler takes, a server takes as well.
      pooled: true,
    }),
    prepare: false,
    connect_timeout: CONNECT_TIMEOUT_S,
  };
  const admin = postgres(options);
  const close = async (): Promise<void> => {
    await admin.end({ timeout: 1 });
    end.abort(new PostgresSocketError("CONNECTION_ENDED"));
  };
  return { admin, close };
}

/** What is to change, given what the database has now. */
async function changesFor(
  tx: postgres.ISql,
  { eventTypes, keepClock = false }: MigrateOptions,
  files: readonly MigrationFile[],
  functions: FunctionFiles,
): Promise<Changes> {
  const plan = planFunctions(functions, await installedFunctions(tx), await presentFunctions(tx), { keepClock });
  return {
    pending: pendingMigrations(files, await appliedMigrations(tx)),
    plan,
    eventTypes: planEventTypes(eventTypes, await storedEventTypes(tx), plan.isNewer),
  };
}

/** Runs `step` in a transaction, after other starts that came before. */
async function queued<T>(
  admin: postgres.Sql,
  { log, patience }: Pick<MigrateOptions, "log" | "patience">,
  step: (tx: postgres.TransactionSql) => Promise<T>,
): Promise<T> {
  const results: T[] = [];
  await admin.begin("isolation level read committed", async (tx) => {
    await queueForStart(tx, log, patience);
    results.push(await step(tx));
  });
  for (const result of results) return result;
  throw new Error("The transaction ended without a result.");
}

async function appliedMigrations(admin: postgres.ISql): Promise<AppliedMigration[]> {
  const [table] = await admin<{ exists: boolean }[]>`
    SELECT to_regclass('breakglass_migrations.__drizzle_migrations') IS NOT NULL AS exists`;
  if (table?.exists !== true) return [];
  const rows = await admin<{ hash: string; when: string }[]>`
    SELECT hash, created_at::text AS when FROM breakglass_migrations.__drizzle_migrations ORDER BY created_at`;
  return rows.map(({ hash, when }) => ({ hash, when: Number(when) }));
}

/** Makes all changes. `tx` is a transaction of the owner, who then owns what they create. */
async function applyAsOwner(
  tx: postgres.TransactionSql,
  options: MigrateOptions,
  { pending, plan, eventTypes }: Changes,
): Promise<void> {
  await refuseOnError("failed", "A migration failed", async () => {
    if (pending.length > 0) await runMigrations(tx, pending);
    if (plan.isNewer || plan.install.length + plan.drop.length + plan.foreign.length > 0)
      await installFunctions(tx, plan);
    await writeEventTypes(tx, eventTypes);
  });
  await refuseOnError("rights", `The rights of the role ${options.appRole} cannot be set`, () =>
    grantRunTime(tx, options.appRole),
  );
}

async function runMigrations(tx: postgres.ISql, pending: readonly MigrationFile[]): Promise<void> {
  for (const { text, hash, when } of pending) {
    await tx.unsafe(text);
    await tx`INSERT INTO breakglass_migrations.__drizzle_migrations (hash, created_at) VALUES (${hash}, ${when})`;
  }
}

async function refuseOnError(code: "failed" | "rights", what: string, step: () => Promise<void>): Promise<void> {
  try {
    await step();
  } catch (fault) {
    if (isLockTimeout(fault)) {
      throw new MigrationRefused(
        "locked",
        "A session keeps a lock on a table of Breakglass, so that it cannot be changed. Find it in pg_locks and pg_stat_activity, end it with pg_terminate_backend, and start again.",
      );
    }
    throw new MigrationRefused(code, `${what}: ${fault instanceof Error ? fault.message : "unknown fault"}.`);
  }
}

async function schemaOwner(admin: postgres.ISql): Promise<string> {
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
      "Migrations are to be run (tables, functions or event types), but the role of the connection does not own the schema breakglass. Run breakglass migrate with DATABASE_ADMIN_URL set to a role that does, then start again.",
    );
  }
  if (replaced.length + foreign.length > 0) {
    throw new MigrationRefused(
      "replaced",
      `Functions of the schema breakglass were replaced or added by hand (${[...replaced, ...foreign].join(", ")}); run breakglass migrate with DATABASE_ADMIN_URL set to the role that owns the schema, and they are put back or dropped.`,
    );
  }
}
