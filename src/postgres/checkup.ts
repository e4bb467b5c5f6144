import { sql } from "drizzle-orm";
import { z } from "zod";
import { FaultyConfiguration } from "../lib/errors.js";
import { createDatabase, type Database } from "./connection/database.js";
import { createQueryRunner, databaseNow } from "./connection/query-runner.js";
import {
  type NamedUrl,
  type ReachedServer,
  requireOneDatabase,
  waitForDatabase,
} from "./connection/wait-for-database.js";
import { checkProtection } from "./migrations/protection.js";
import { createWriteProbe, type PostgresTrouble } from "./trail/write-probe.js";

/** What is wrong with the database, and what to do about it. `word` is that of `/readyz`. */
export interface DatabaseTrouble {
  readonly word: PostgresTrouble | "trail_unprotected" | "queue_needs_direct_connection";
  /** What is wrong, as a sentence; `null` when the word says it all. */
  readonly problem: string | null;
  /** What to do, as a sentence; `null` when the word says it all. */
  readonly mend: string | null;
}

/** What a look at the database showed. */
export interface DatabaseCheckup {
  readonly troubles: readonly DatabaseTrouble[];
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
    if (!(fault instanceof FaultyConfiguration)) throw fault;
    return { troubles: fault.faults.map(unreachable), migrated: false };
  }
  const at = (address: NamedUrl): ReachedServer | undefined => reached.find((server) => server.address === address);
  const troubles: DatabaseTrouble[] = [];
  if (jobs !== null && at(jobs)?.pooled === true)
    troubles.push({ word: "queue_needs_direct_connection", problem: null, mend: null });
  const pooled = at(app)?.pooled ?? false;
  const migrated = await withDatabase(app, pooled, async (database) => (await factsOf(database)).migrated);
  if (migrated) troubles.push(...(await withDatabase(app, pooled, recordingTroubles)));
  else {
    const role = at(admin)?.role ?? "";
    const { mayCreate } = await withDatabase(admin, at(admin)?.pooled ?? false, factsOf);
    if (!mayCreate) troubles.push(mayNotMigrate(admin, role));
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

function unreachable(problem: string): DatabaseTrouble {
  const [, word, mend] = MENDS.find(([words]) => words.test(problem)) ?? DOWN;
  return { word, problem, mend };
}

type Mend = readonly [RegExp, PostgresTrouble, string];

const DOWN: Mend = [/./, "postgres", "Start the server, and correct host and port of the address."];

/** What to do about a sentence of the start. */
const MENDS: readonly Mend[] = [
  [/password/, "postgres_login", "Correct the role and password in the address; a % in a password is written %25."],
  [/no such database/, "postgres_login", "Create the database, or correct the name at the end of the address."],
  [/same database/, "postgres", "Let all addresses name one database."],
  [/may not connect/, "postgres_login", "Grant the role CONNECT on the database, or correct the server's pg_hba.conf."],
  [/takes no writes/, "postgres_read_only", "Name the primary; ALTER ROLE … RESET default_transaction_read_only."],
  [/TLS|certificate|ssl/i, "postgres_tls", "Correct sslmode and sslrootcert in the address; see docs/operating.md."],
];

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

async function recordingTroubles(database: Database): Promise<readonly DatabaseTrouble[]> {
  const proof = await createWriteProbe(database)();
  const { protected: isProtected, reasons } = await checkProtection(database);
  return [
    ...("trouble" in proof ? [{ word: proof.trouble, problem: null, mend: null }] : []),
    ...(isProtected ? [] : [unprotected(reasons)]),
  ];
}

const unprotected = (reasons: readonly string[]): DatabaseTrouble => ({
  word: "trail_unprotected",
  problem: `The role of DATABASE_URL could alter the trail: it ${reasons.join("; it ")}.`,
  mend: null,
});

const mayNotMigrate = ({ variable }: NamedUrl, role: string): DatabaseTrouble => ({
  word: "postgres_rights",
  problem: `The database is empty, and the role of ${variable} (${role}) may not create the tables.`,
  mend: "Grant it CREATE on the database and CREATEROLE, or set DATABASE_ADMIN_URL to a role that has both.",
});
