import { randomBytes } from "node:crypto";
import postgres from "postgres";
import { inject } from "vitest";
import { withDatabase } from "./urls.js";

/** The database of one test file. */
export interface TestDatabase {
  readonly name: string;
  /** URL of the superuser, or of the role in `TEST_DATABASE_URL`. */
  readonly adminUrl: string;
  /** URL of the run-time role. */
  readonly appUrl: string;
  /** URL of the job queue's role. */
  readonly jobsUrl: string;
  readonly appRole: string;
  readonly jobsRole: string;
  /** Ends every connection to the database and drops it. */
  drop(): Promise<void>;
}

/** Creates a migrated database for this test file alone. */
export function createTestDatabase(): Promise<TestDatabase> {
  const { template } = inject("postgresServer");
  return create(`TEMPLATE ${template}`);
}

/** Creates an empty database for tests of the migrations themselves. */
export function createEmptyDatabase(): Promise<TestDatabase> {
  return create("");
}

/** Copies a database as it is now, as a backup does. Ends every connection to it first. */
export async function copyDatabase({ name }: TestDatabase): Promise<TestDatabase> {
  await onServer([
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${name}' AND pid <> pg_backend_pid()`,
  ]);
  return create(`TEMPLATE ${name}`);
}

async function create(template: string): Promise<TestDatabase> {
  const { adminUrl, appUrl, jobsUrl, appRole, jobsRole, prefix } = inject("postgresServer");
  const name = `${prefix}_${randomBytes(5).toString("hex")}`;
  await onServer([
    `CREATE DATABASE ${name} ${template}`,
    `REVOKE ALL ON DATABASE ${name} FROM PUBLIC`,
    `GRANT CONNECT ON DATABASE ${name} TO ${appRole}, ${jobsRole}`,
  ]);
  return {
    name,
    adminUrl: withDatabase(adminUrl, name),
    appUrl: withDatabase(appUrl, name),
    jobsUrl: withDatabase(jobsUrl, name),
    appRole,
    jobsRole,
    drop: () => onServer([`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`]),
  };
}

async function onServer(statements: readonly string[]): Promise<void> {
  const sql = postgres(inject("postgresServer").adminUrl, { max: 1, fetch_types: false, onnotice: () => {} });
  try {
    for (const statement of statements) await sql.unsafe(statement);
  } finally {
    await sql.end({ timeout: 1 });
  }
}
