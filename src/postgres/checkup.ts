import { sql } from "drizzle-orm";
import { z } from "zod";
import { FaultyConfiguration } from "../lib/errors.js";
import { createDatabase, type Database } from "./connection/database.js";
import { createQueryRunner, databaseNow } from "./connection/query-runner.js";
import { type NamedUrl, requireOneDatabase, waitForDatabase } from "./connection/wait-for-database.js";
import { checkProtection } from "./migrations/protection.js";

/** What is wrong with the database, and what to do about it. `word` is that of `/readyz`; `null` if it has none. */
export interface DatabaseTrouble {
  readonly word: "postgres" | "trail_unprotected" | null;
  readonly problem: string;
  readonly mend: string;
}

/** What a look at the database showed. */
export interface DatabaseCheckup {
  readonly troubles: readonly DatabaseTrouble[];
  /** The tables are there, so that the trail can be read. */
  readonly migrated: boolean;
}

const facts = z.object({
  pid: z.int(),
  role: z.string(),
  standby: z.boolean(),
  readOnly: z.boolean(),
  migrated: z.boolean(),
  mayCreate: z.boolean(),
});

const LOOK_MS = 5_000;

/** Looks at each address without changing anything: reach, role, rights, whether it takes writes, a pooler in between. */
export async function checkDatabase(app: NamedUrl, others: readonly NamedUrl[]): Promise<DatabaseCheckup> {
  const addresses = [app, ...others];
  try {
    await waitForDatabase(addresses, { waitMs: 0, say: () => {} });
    await requireOneDatabase(addresses);
  } catch (fault) {
    if (!(fault instanceof FaultyConfiguration)) throw fault;
    const troubles = fault.faults.map((problem) => ({ word: "postgres", problem, mend: mendOf(problem) }) as const);
    return { troubles, migrated: false };
  }
  const admin = others.find(({ variable }) => variable === "DATABASE_ADMIN_URL") ?? app;
  const troubles = (await Promise.all(addresses.map(lookAt))).flat();
  const migrated = await withDatabase(app, async (database) => (await factsOf(database)).migrated);
  if (migrated) troubles.push(...(await withDatabase(app, protectionOf)));
  else troubles.push(...(await withDatabase(admin, (database) => rightsToMigrate(database, admin))));
  return { troubles, migrated };
}

/** Reads the database's clock as the bot does. */
export async function databaseClock(url: string): Promise<Date> {
  return withDatabase({ variable: "DATABASE_URL", url }, async (database) => {
    const { prepare } = createQueryRunner(database);
    const [row] = await prepare("clock", (db) => db.select({ now: databaseNow }).from(sql`(SELECT) AS nothing`))({});
    if (row === undefined) throw new Error("PostgreSQL did not tell the time.");
    return row.now;
  });
}

function mendOf(problem: string): string {
  if (/password/.test(problem))
    return "Correct the role and password in the address; a % in a password is written %25.";
  if (/no such database/.test(problem)) return "Create the database, or correct the name at the end of the address.";
  if (/same database/.test(problem)) return "Let all addresses name one database.";
  if (/may not connect/.test(problem))
    return "Grant the role CONNECT on the database, or correct the server's pg_hba.conf.";
  return "Start the server, and correct host and port of the address.";
}

async function withDatabase<T>({ url }: NamedUrl, use: (database: Database) => Promise<T>): Promise<T> {
  const database = createDatabase({ url, max: 1, deadlineMs: LOOK_MS, applicationName: "breakglass doctor" });
  try {
    return await use(database);
  } finally {
    await database.end();
  }
}

async function factsOf(database: Database): Promise<z.infer<typeof facts> & { readonly pooled: boolean }> {
  let announced: unknown;
  const rows = await database.query(
    async (tag) => {
      // Raw: PostgreSQL's catalogue is not in the Drizzle schema.
      const result = await tag`
        SELECT pg_backend_pid() AS pid, current_user::text AS role, pg_is_in_recovery() AS standby,
          current_setting('transaction_read_only') = 'on' AS "readOnly",
          to_regclass('breakglass.trail') IS NOT NULL AS migrated,
          has_database_privilege(current_database(), 'CREATE') AS "mayCreate"`;
      announced = result.state.pid;
      return result;
    },
    { label: "look at the server" },
  );
  const found = facts.parse(rows[0]);
  // A pooler announces a process of its own, whatever its mode.
  return { ...found, pooled: announced !== found.pid };
}

async function lookAt(address: NamedUrl): Promise<DatabaseTrouble[]> {
  const { variable } = address;
  return withDatabase(address, async (database) => {
    const { standby, readOnly, pooled, role } = await factsOf(database);
    const troubles: DatabaseTrouble[] = [];
    if (standby) {
      troubles.push({
        word: "postgres",
        problem: `${variable} leads to a standby, which takes no writes.`,
        mend: "Give the address of the primary.",
      });
    } else if (readOnly) {
      troubles.push({
        word: "postgres",
        problem: `${variable}: transactions of ${role} are read-only (default_transaction_read_only).`,
        mend: `ALTER ROLE ${role} RESET default_transaction_read_only, likewise for the database and the server.`,
      });
    }
    if (pooled && variable !== "DATABASE_URL") {
      troubles.push({
        word: null,
        problem: `${variable} leads through a pooler.`,
        mend: "Migrations and the job queue need a connection of their own: give the address of the server itself.",
      });
    }
    return troubles;
  });
}

async function protectionOf(database: Database): Promise<DatabaseTrouble[]> {
  const { protected: isProtected, reasons } = await checkProtection(database);
  if (isProtected) return [];
  return [
    {
      word: "trail_unprotected",
      problem: `The role of DATABASE_URL could alter the trail: it ${reasons.join("; it ")}.`,
      mend: "Give DATABASE_URL a plain role that owns nothing, and DATABASE_ADMIN_URL the role that owns the database.",
    },
  ];
}

async function rightsToMigrate(database: Database, { variable }: NamedUrl): Promise<DatabaseTrouble[]> {
  const { mayCreate, role } = await factsOf(database);
  if (mayCreate) return [];
  return [
    {
      word: "postgres",
      problem: `The database is empty, and the role of ${variable} (${role}) may not create the tables.`,
      mend: "Set DATABASE_ADMIN_URL to a role that owns the database and may create roles.",
    },
  ];
}
