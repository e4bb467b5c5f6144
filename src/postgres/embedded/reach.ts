import { join } from "node:path";
import { hasCluster } from "./cluster.js";
import { NAMES, urlFor } from "./databases.js";
import { rememberedHome, usualHome } from "./place.js";
import { untilReady } from "./postmaster.js";
import { readSecrets } from "./secrets.js";
import { type EmbeddedPostgresOptions, startEmbeddedPostgres } from "./start.js";

/** A database that accepts connections. `close` stops its server if it was started for this. */
export interface Reachable {
  readonly url: string;
  close(): Promise<void>;
}

const READY_WITHIN_MS = 10_000;

/**
 * Gives the command line access to the embedded database of a data folder. Uses the running server, or starts one that
 * `close` stops again. Returns `null` when there is no database, and creates none.
 */
export async function reachEmbedded(options: EmbeddedPostgresOptions): Promise<Reachable | null> {
  const home = (await rememberedHome(options.dataDir)) ?? usualHome(options.dataDir);
  const data = join(home, "data");
  if (!(await hasCluster(data))) return null;
  const running = await untilReady(data, READY_WITHIN_MS);
  if (running !== undefined) {
    const { app } = await readSecrets(data);
    return { url: urlFor(NAMES.app, app, running.port, NAMES.database), close: async () => {} };
  }
  const server = await startEmbeddedPostgres(options);
  return { url: server.appUrl, close: () => server.stop() };
}
