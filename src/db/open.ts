import { resolve } from "node:path";
import { FaultyConfiguration } from "../lib/errors.js";
import { createDatabase, type Database } from "./client.js";
import { DatabaseUnavailable, databaseError } from "./client-errors.js";
import { EmbeddedPostgresError } from "./embedded/errors.js";
import { startEmbeddedPostgres } from "./embedded/start.js";
import { MigrationRefused, migrate } from "./migrate.js";
import { type Protection, protection } from "./roles.js";

/** Where the trail is to stand. */
export type Place =
  | { readonly kind: "server"; readonly url: string; readonly adminUrl: string | null; readonly jobsUrl: string | null }
  | { readonly kind: "embedded"; readonly dataDir: string };

export interface OpenOptions {
  readonly place: Place;
  /** True when BullMQ needs a schema in this database. */
  readonly jobsHere: boolean;
  readonly newSecret: () => string;
  /** Lines for the operator. */
  readonly say: (line: string) => void;
}

export interface OpenedDatabase {
  readonly database: Database;
  /** For BullMQ, when it runs on this database. */
  readonly jobsUrl: string;
  readonly protection: Protection;
  close(): Promise<void>;
}

const MIGRATIONS = resolve(import.meta.dirname, "../../drizzle");
const CONNECTIONS = 10;

/**
 * Brings up what is needed to record: the embedded server or a connection to the operator's, migrated, with the rights
 * of the run-time role looked at. Throws {@link FaultyConfiguration} with what to do when that cannot be.
 */
export async function openDatabase(options: OpenOptions): Promise<OpenedDatabase> {
  const { place } = options;
  if (place.kind === "server") {
    const { url, adminUrl, jobsUrl } = place;
    const urls = { appUrl: url, adminUrl: adminUrl ?? url, jobsUrl: jobsUrl ?? url };
    return open(options, urls, async () => {});
  }
  const { newSecret, say } = options;
  const server = await startEmbeddedPostgres({ dataDir: place.dataDir, newSecret, log: say }).catch(explain);
  return open(options, server, () => server.stop());
}

interface Urls {
  readonly appUrl: string;
  readonly adminUrl: string;
  readonly jobsUrl: string;
}

async function open(options: OpenOptions, urls: Urls, stopServer: () => Promise<void>): Promise<OpenedDatabase> {
  const { appUrl, adminUrl, jobsUrl } = urls;
  try {
    await migrate({
      adminUrl,
      appRole: roleOf(appUrl),
      jobsRole: options.jobsHere ? roleOf(jobsUrl) : undefined,
      folder: MIGRATIONS,
      log: options.say,
    }).catch(explain);
    const database = createDatabase({ url: appUrl, max: CONNECTIONS, applicationName: "breakglass" });
    const close = async (): Promise<void> => {
      await database.end();
      await stopServer();
    };
    return { database, jobsUrl, protection: await protection(database), close };
  } catch (fault) {
    await stopServer();
    throw fault;
  }
}

/** The role that an address logs in with; without one PostgreSQL takes the name of the account. */
function roleOf(url: string): string {
  const { username } = new URL(url);
  if (username !== "") return decodeURIComponent(username);
  throw new FaultyConfiguration("Breakglass did not start.", [
    "DATABASE_URL, DATABASE_ADMIN_URL and DATABASE_JOBS_URL must name the role: postgres://ROLE:PASSWORD@HOST/DATABASE",
  ]);
}

function explain(fault: unknown): never {
  if (fault instanceof EmbeddedPostgresError) {
    throw new FaultyConfiguration("Breakglass did not start: its embedded PostgreSQL cannot run.", [
      `${fault.message} ${fault.whatToDo}`,
    ]);
  }
  if (fault instanceof MigrationRefused) {
    throw new FaultyConfiguration("Breakglass did not start: the database is not fit for this release.", [
      fault.message,
    ]);
  }
  const unavailable = databaseError(fault, "migrate");
  if (unavailable instanceof DatabaseUnavailable) {
    throw new FaultyConfiguration("Breakglass did not start: PostgreSQL does not let it in.", [
      `DATABASE_URL or DATABASE_ADMIN_URL (${unavailable.code}): check the address, the role and its password, and that the server runs.`,
    ]);
  }
  throw fault;
}
