import { z } from "zod";
import type { Database } from "./database.js";

/** What the server says of itself and of the way to it. */
export interface ServerFacts {
  /** True if a pooler such as PgBouncer is in between. */
  readonly pooled: boolean;
  /** True if transactions may not write by default: a standby, or a setting of the server, the database or the role. */
  readonly readOnly: boolean;
  /** The role on the server, which a pooler may have replaced. */
  readonly role: string;
  /** The major version of PostgreSQL. */
  readonly major: number;
  /** Tells one database from another, whatever they are called: the start of the server, and the OID. */
  readonly identity: string;
}

const row = z.object({ pid: z.int(), readOnly: z.boolean(), role: z.string(), major: z.int(), identity: z.string() });

/**
 * Looks at the server of an address. A pooler shows in that the process which answers is not the one that a connection
 * was announced with: a pooler announces itself, whatever its mode. Throws like {@link Database.query}.
 */
export async function lookAtServer(database: Database): Promise<ServerFacts> {
  let announced: number | undefined;
  const rows = await database.query(
    async (sql) => {
      // Raw: PostgreSQL's catalogue is not in the Drizzle schema.
      const result = await sql`
        SELECT pg_backend_pid() AS pid, current_setting('transaction_read_only') = 'on' AS "readOnly",
          current_user::text AS role, current_setting('server_version_num')::integer / 10000 AS major,
          extract(epoch FROM pg_postmaster_start_time())::text || ' ' || oid::text AS identity
        FROM pg_database WHERE datname = current_database()`;
      announced = result.state.pid;
      return result;
    },
    { label: "look at the server" },
  );
  const { pid, ...facts } = row.parse(rows[0]);
  return { pooled: announced !== pid, ...facts };
}
