import { join } from "node:path";
import { EVENT_TYPES } from "../domain/events/catalogue/catalogue.js";
import { PACKAGE_ROOT } from "../lib/package-root.js";
import { createDatabase } from "./connection/database.js";
import type { ReachedServer } from "./connection/wait-for-database.js";
import { type Migrated, migrate } from "./migrations/migrate.js";
import { checkProtection, type Protection } from "./migrations/protection.js";
import {
  type Addresses,
  addressesOf,
  explain,
  type ReachOptions,
  reachServer,
  roleAt,
  type ServerUrls,
} from "./server-addresses.js";

const MIGRATIONS = join(PACKAGE_ROOT, "drizzle");

/** What `migrateServer` left. */
export interface MigratedServer extends Migrated {
  readonly appRole: string;
  /** Whether the run-time role can alter the trail. */
  readonly protection: Protection;
}

/**
 * Migrates the operator's server and nothing else: the one-shot step that holds the administrator's address, so that the
 * bot need not.
 * @throws FaultyConfiguration with what to do; the database is then as it was
 */
export async function migrateServer(urls: ServerUrls, options: ReachOptions): Promise<MigratedServer> {
  const addresses = addressesOf(urls);
  const reached = await reachServer(addresses, options);
  const migrated = await migrateToRelease(addresses, reached, options);
  const { app } = addresses;
  const database = createDatabase({ url: app.url, max: 1, applicationName: "breakglass migrate", pooled: true });
  try {
    const protection = await checkProtection(database).catch((fault: unknown) => explain(fault, app));
    return { ...migrated, appRole: roleAt(app, reached), protection };
  } finally {
    await database.end();
  }
}

/**
 * Brings the database to the tables, functions, event types and rights of this release.
 * @throws FaultyConfiguration with what to do
 */
export async function migrateToRelease(
  { app, admin, jobs }: Addresses,
  reached: readonly ReachedServer[],
  options: Pick<ReachOptions, "jobsHere" | "say"> & { readonly keepClock?: boolean },
): Promise<Migrated> {
  return migrate({
    adminUrl: admin.url,
    appRole: roleAt(app, reached),
    jobsRole: options.jobsHere ? roleAt(jobs, reached) : undefined,
    folder: MIGRATIONS,
    eventTypes: EVENT_TYPES,
    keepClock: options.keepClock ?? false,
    log: options.say,
  }).catch((fault: unknown) => explain(fault, admin));
}
