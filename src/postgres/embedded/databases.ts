import postgres from "postgres";
import { type Secrets, SUPERUSER } from "./secrets.js";

/** The bot's database, and its two login roles on the embedded server. */
export const NAMES = { database: "breakglass", app: "breakglass_app", jobs: "breakglass_jobs" } as const;

/** Builds a connection string for the embedded server. */
export function urlFor(role: string, password: string, port: number, database: string): string {
  return `postgres://${role}:${password}@127.0.0.1:${port}/${database}`;
}

/**
 * Creates the database and the two login roles if they are missing. Idempotent. The passwords hold only letters,
 * digits, `-` and `_` (checked when they are read), so they are safe in a statement that takes no parameters.
 */
export async function ensureDatabase(port: number, secrets: Secrets): Promise<void> {
  const sql = postgres(urlFor(SUPERUSER, secrets.superuser, port, "postgres"), {
    max: 1,
    fetch_types: false,
    connect_timeout: 10,
    onnotice: () => {},
    connection: { application_name: "breakglass set-up" },
  });
  try {
    for (const [role, password] of [
      [NAMES.app, secrets.app],
      [NAMES.jobs, secrets.jobs],
    ] as const) {
      const known = await sql`SELECT 1 FROM pg_roles WHERE rolname = ${role}`;
      if (known.length === 0) await sql.unsafe(`CREATE ROLE ${role} LOGIN PASSWORD '${password}'`);
    }
    const known = await sql`SELECT 1 FROM pg_database WHERE datname = ${NAMES.database}`;
    if (known.length === 0) await sql.unsafe(`CREATE DATABASE ${NAMES.database}`);
    await sql.unsafe(`REVOKE ALL ON DATABASE ${NAMES.database} FROM PUBLIC`);
    await sql.unsafe(`GRANT CONNECT ON DATABASE ${NAMES.database} TO ${NAMES.app}, ${NAMES.jobs}`);
  } finally {
    await sql.end({ timeout: 1 });
  }
}
