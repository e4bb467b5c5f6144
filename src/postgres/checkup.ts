import { sql } from "drizzle-orm";
import { z } from "zod";
import { EVENT_TYPES } from "../domain/events/catalogue/catalogue.js";
import type { Trouble } from "../usecases/ports/ports.js";
import { createDatabase, type Database } from "./connection/database.js";
import { createQueryRunner, databaseNow } from "./connection/query-runner.js";
import {
  DatabaseUnusable,
  type NamedUrl,
  type ReachedServer,
  requireOneDatabase,
  waitForDatabase,
} from "./connection/wait-for-database.js";
import { inspectDatabase } from "./integrity/inspect.js";
import { jobsTroubles } from "./jobs-checkup.js";
import { checkProtection } from "./migrations/protection.js";
import { createWriteProbe } from "./trail/write-probe.js";

/** What a look at the database showed. */
export interface DatabaseCheckup {
  readonly troubles: readonly Trouble[];
  /** The tables are there, so that the trail can be read. */
  readonly migrated: boolean;
}

/** The addresses of the configuration, each with the variable that names it. */
export interface DatabaseAddresses {
  readonly app: NamedUrl;
  readonly admin: NamedUrl;
  /** What BullMQ uses; `null` if it runs on Redis. */
  readonly jobs: NamedUrl | null;
}

const facts = z.object({ migrated: z.boolean(), mayCreate: z.boolean() });

const LOOK_MS = 5_000;

/**
 * Looks at each address without changing what is recorded: reach, role, rights, a pooler in between, and whether the
 * trail takes writes.
 */
export async function checkDatabase({ app, admin, jobs }: DatabaseAddresses): Promise<DatabaseCheckup> {
  const addresses = [...new Set([app, admin, ...(jobs === null ? [] : [jobs])])];
  let reached: readonly ReachedServer[];
  try {
    reached = await waitForDatabase(addresses, { waitMs: 0, say: () => {} });
    requireOneDatabase(reached);
  } catch (fault) {
    if (!(fault instanceof DatabaseUnusable)) throw fault;
    return { troubles: fault.failures.map(unreachable), migrated: false };
  }
  const at = (address: NamedUrl): ReachedServer | undefined => reached.find((server) => server.address === address);
  const troubles: Trouble[] = [];
  if (jobs !== null && at(jobs)?.pooled === true) troubles.push({ word: "queue_needs_direct_connection" });
  const pooled = at(app)?.pooled ?? false;
  const migrated = await withDatabase(app, pooled, async (database) => (await factsOf(database)).migrated);
  if (migrated) troubles.push(...(await withDatabase(app, pooled, recordingTroubles)));
  else {
    const role = at(admin)?.role ?? "";
    const { mayCreate } = await withDatabase(admin, at(admin)?.pooled ?? false, factsOf);
    if (!mayCreate) troubles.push(mayNotMigrate(admin, role));
  }
  // What else is wrong says already why the schema could not be made or used.
  if (jobs !== null && troubles.length === 0) {
    const named = (address: NamedUrl) => ({ variable: address.variable, role: at(address)?.role ?? "" });
    const look = (database: Database) => jobsTroubles(database, { jobs: named(jobs), admin: named(admin) });
    troubles.push(...(await withDatabase(admin, at(admin)?.pooled ?? false, look)));
  }
  return { troubles, migrated };
}

/** Reads the database's clock as the bot does. */
export async function databaseClock(app: NamedUrl): Promise<Date> {
  // True also fits a server without a pooler.
  return withDatabase(app, true, async (database) => {
    const { prepare } = createQueryRunner(database);
    const [row] = await prepare("clock", (db) => db.select({ now: databaseNow }).from(sql`(SELECT) AS nothing`))({});
    if (row === undefined) throw new Error("PostgreSQL did not tell the time.");
    return row.now;
  });
}

const unreachable = ({ trouble, sentence }: DatabaseUnusable["failures"][number]): Trouble =>
  trouble === null
    ? { word: null, problem: sentence, fix: "Let all addresses name one database." }
    : { word: trouble, problem: sentence };

async function withDatabase<T>({ url }: NamedUrl, pooled: boolean, use: (database: Database) => Promise<T>) {
  const database = createDatabase({ url, max: 1, deadlineMs: LOOK_MS, applicationName: "breakglass doctor", pooled });
  try {
    return await use(database);
  } finally {
    await database.end();
  }
}

async function factsOf(database: Database): Promise<z.infer<typeof facts>> {
  const [row] = await database.query(
    // Raw: PostgreSQL's catalogue is not in the Drizzle schema.
    (tag) => tag`
      SELECT to_regclass('breakglass.trail') IS NOT NULL AS migrated,
        has_database_privilege(current_database(), 'CREATE') AS "mayCreate"`,
    { label: "look at the database" },
  );
  return facts.parse(row);
}

async function recordingTroubles(database: Database): Promise<readonly Trouble[]> {
  const proof = await createWriteProbe(database)();
  const { protected: isProtected, reasons } = await checkProtection(database);
  const { altered } = await inspectDatabase(database, EVENT_TYPES);
  return [
    ...("trouble" in proof ? [{ word: proof.trouble }] : []),
    ...(isProtected ? [] : [unprotected(reasons)]),
    ...altered.map((problem) => ({ word: "database_altered", problem }) as const),
  ];
}

const unprotected = (reasons: readonly string[]): Trouble => ({
  word: "trail_unprotected",
  problem: `The role of DATABASE_URL could alter the trail: it ${reasons.join("; it ")}.`,
});

const mayNotMigrate = ({ variable }: NamedUrl, role: string): Trouble => ({
  word: "postgres_rights",
  problem: `The database is empty, and the role of ${variable} (${role}) may not create the tables.`,
  fix: "Grant it CREATE on the database and CREATEROLE, or run npx breakglass migrate with DATABASE_ADMIN_URL set to a role that has both.",
});
