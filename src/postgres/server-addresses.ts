import { FaultyConfiguration } from "../lib/errors.js";
import { parsePostgresAddress } from "../lib/postgres-address/address.js";
import {
  explainStartError,
  type NamedUrl,
  type ReachedServer,
  requireOneDatabase,
  type Say,
  waitForDatabase,
} from "./connection/wait-for-database.js";
import { EmbeddedPostgresError } from "./embedded/errors.js";
import { MigrationRefused } from "./migrations/migrate.js";

/** The addresses of one database: whoever is not given is the run-time role. */
export interface ServerUrls {
  readonly url: string;
  readonly adminUrl: string | null;
  readonly jobsUrl: string | null;
}

/** Each address with the variable to check if it is wrong. */
export interface Addresses {
  readonly app: NamedUrl;
  readonly admin: NamedUrl;
  readonly jobs: NamedUrl;
}

/** Names the addresses by their variables. */
export function addressesOf(urls: ServerUrls): Addresses {
  const app = { variable: "DATABASE_URL", url: urls.url } as const;
  return {
    app,
    admin: urls.adminUrl === null ? app : { variable: "DATABASE_ADMIN_URL", url: urls.adminUrl },
    jobs: urls.jobsUrl === null ? app : { variable: "DATABASE_JOBS_URL", url: urls.jobsUrl },
  };
}

/** How to reach the operator's server. */
export interface ReachOptions {
  /** True if BullMQ needs a schema in this database. */
  readonly jobsHere: boolean;
  /** Receives lines for the operator. */
  readonly say: Say;
  /** How long to wait for a server that does not answer, in milliseconds; 30,000 if left out. */
  readonly waitMs?: number;
}

/**
 * Waits until each address that is needed lets its role in, and makes sure that all name one database.
 * @throws FaultyConfiguration with what to do when one does not
 */
export async function reachServer(
  { app, admin, jobs }: Addresses,
  options: ReachOptions,
): Promise<readonly ReachedServer[]> {
  for (const address of [app, admin, jobs]) roleOf(address);
  const reached = await waitForDatabase([...new Set([app, admin, ...(options.jobsHere ? [jobs] : [])])], options);
  requireOneDatabase(reached);
  return reached;
}

/** Returns the role of an address: as the server said, or as it is written. */
export function roleAt(address: NamedUrl, reached: readonly ReachedServer[]): string {
  return reached.find((server) => server.address === address)?.role ?? roleOf(address);
}

/** Returns the role that an address logs in with. Requires one: PostgreSQL would use the name of the account. */
function roleOf({ variable, url }: NamedUrl): string {
  const { user } = parsePostgresAddress(url, variable);
  if (user !== "") return user;
  throw new FaultyConfiguration("Breakglass did not start.", [
    `${variable} must name the role: postgres://ROLE:PASSWORD@HOST/DATABASE`,
  ]);
}

/** Throws a fault of a start or a migration as one that an operator can act on. */
export function explain(fault: unknown, address?: NamedUrl): never {
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
