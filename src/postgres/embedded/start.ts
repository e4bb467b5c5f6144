import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { serverAccount } from "./account.js";
import { reachableBinaries } from "./binaries.js";
import { type BotLock, takeBotLock } from "./bot-lock.js";
import { ensureCluster, hasCluster } from "./cluster.js";
import { ensureDatabase, NAMES, urlFor } from "./databases.js";
import { EmbeddedPostgresError } from "./errors.js";
import { choosePlace, FALLBACKS, rememberedHome, usualHome } from "./place.js";
import { findPostmaster, stopPostmaster, untilReady } from "./postmaster.js";
import { removeOtherCopies } from "./programs.js";
import { readSecrets, type Secrets, SUPERUSER } from "./secrets.js";
import { adoptOrStart, type ServerPlan } from "./server.js";
import { findSharedData, refuseSharedData, warnOfSharedAccount } from "./shared-account.js";

/** How long to wait for a server that recovers from a crash, before asking whether a bot uses it. */
const READY_WITHIN_MS = 120_000;

export interface EmbeddedPostgresOptions {
  /** The bot's data folder (`$BREAKGLASS_DATA`). The database is in its subfolder `postgres`. */
  readonly dataDir: string;
  /** The port on 127.0.0.1; the start fails if it is taken. Chooses a free one if left out. */
  readonly port?: number;
  /** Returns a new unguessable password at each call: at least 20 letters, digits, `-` or `_`. */
  readonly newSecret: () => string;
  /** Receives lines for the operator, which hold no secrets. */
  readonly log: (line: string) => void;
  /** Where the data goes when the bot runs as root and `dataDir` is under a private folder; has a default. */
  readonly fallbacks?: readonly string[];
  /** Tests only: trades durability for speed. */
  readonly fast?: boolean;
}

/** A running embedded PostgreSQL. */
export interface EmbeddedPostgres {
  /** For migrations: logs in as the superuser. */
  readonly adminUrl: string;
  /** For the bot at run time: its role owns nothing and has only the rights that the migrations grant. */
  readonly appUrl: string;
  /** For BullMQ: its role owns the schema `bullmq` and nothing else. */
  readonly jobsUrl: string;
  /** PostgreSQL's data folder, which is not always under the `dataDir` of the options. */
  readonly dataDir: string;
  readonly port: number;
  /** True if the server of an earlier, killed bot was still running and is used. */
  readonly adopted: boolean;
  /** Stops the server and waits for its end. Idempotent. */
  stop(): Promise<void>;
}

/**
 * Starts PostgreSQL on `127.0.0.1` from the binaries that npm installed, on existing or new data. A server that goes
 * down is restarted on the same port. A data folder can have only one bot.
 * @throws EmbeddedPostgresError when it fails; nothing that this call started is left running
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const { dataDir, log } = options;
  let isNew = false;
  const slow = setTimeout(() => log(isNew ? SLOW_FIRST_START : SLOW_START), 2_000);
  try {
    const { plan, secrets } = await prepare(options, () => {
      isNew = true;
    });
    return await bringUp(plan, secrets, dataDir, log);
  } finally {
    clearTimeout(slow);
  }
}

const SLOW_START = "Starting the embedded database…";
const SLOW_FIRST_START = "Making a new embedded database; this first start takes a few seconds…";

async function prepare(
  options: EmbeddedPostgresOptions,
  onNew: () => void,
): Promise<{ plan: ServerPlan; secrets: Secrets }> {
  const { dataDir, log, newSecret, fast = false, port = 0 } = options;
  const home = (await rememberedHome(dataDir)) ?? usualHome(dataDir);
  await warnOfSharedAccount(log);
  const shared = await findSharedData(join(home, "data"));
  if (shared !== undefined) {
    // A server that a killed bot left goes on as the other account, and would write while the files are handed over.
    await stopUnusedServer(dataDir);
    await refuseIfUsed(shared.data, dataDir);
    await refuseSharedData(shared, log);
  }
  const account = await serverAccount(join(home, "data"), log);
  const place = await choosePlace(dataDir, account, options.fallbacks ?? FALLBACKS, log);
  await refuseIfUsed(place.data, dataDir);
  if (!(await hasCluster(place.data))) onNew();
  const binaries = await reachableBinaries(account, place.home, log);
  const secrets = await ensureCluster(place, binaries, account, { newSecret, fast });
  await place.remember();
  return { plan: { place, binaries, account, port, fast }, secrets };
}

/**
 * Stops the server that a killed bot left on its data folder, unless another bot uses it now. Returns false when no
 * server runs there.
 */
export async function stopUnusedServer(dataDir: string): Promise<boolean> {
  const data = join((await rememberedHome(dataDir)) ?? usualHome(dataDir), "data");
  if ((await findPostmaster(data)) === undefined) return false;
  try {
    await refuseIfUsed(data, dataDir);
  } catch (fault) {
    // A broken or incomplete server cannot answer whether a bot uses it, so any other fault means: stop it.
    if (isInUse(fault)) return true;
  }
  await stopPostmaster(data);
  return true;
}

const isInUse = (fault: unknown): boolean => fault instanceof EmbeddedPostgresError && fault.code === "already_running";

/** Throws if another bot uses the running server. Runs before anything on the disk is changed. */
async function refuseIfUsed(data: string, dataDir: string): Promise<void> {
  if ((await findPostmaster(data)) === undefined) return;
  const running = await untilReady(data, READY_WITHIN_MS);
  if (running === undefined) return;
  const { superuser } = await readSecrets(data);
  const lock = await takeBotLock(urlFor(SUPERUSER, superuser, running.port, "postgres"), dataDir, () => {});
  await lock.release();
}

async function bringUp(
  plan: ServerPlan,
  secrets: Secrets,
  dataDir: string,
  log: (line: string) => void,
): Promise<EmbeddedPostgres> {
  const server = await adoptOrStart(plan);
  const { port, adopted } = server;
  const adminUrl = (database: string) => urlFor(SUPERUSER, secrets.superuser, port, database);
  let stopped: Promise<void> | undefined;
  let lock: BotLock | undefined;
  let restarting: Promise<void> | undefined;

  const watch = async () => {
    lock = await takeBotLock(adminUrl("postgres"), dataDir, () => {
      restarting = restart();
    });
  };
  const restart = async () => {
    log("The embedded database went down; starting it again.");
    for (let pause = 100; stopped === undefined; pause = Math.min(pause * 2, 5_000)) {
      try {
        await adoptOrStart({ ...plan, port });
        await watch();
        log("The embedded database is up again.");
        return;
      } catch (fault) {
        log(`The embedded database is still down: ${fault instanceof Error ? fault.message : "unknown fault"}`);
        await wait(pause);
      }
    }
  };
  const stop = async () => {
    await restarting;
    await lock?.release();
    await stopPostmaster(plan.place.data);
  };

  try {
    await watch();
    await ensureDatabase(port, secrets);
  } catch (fault) {
    if (!isInUse(fault)) await stop();
    throw fault;
  }
  if (!adopted) await removeOtherCopies(plan.place.home, plan.binaries.postgres).catch(() => {});
  if (adopted) log(`The embedded database of an earlier bot was still running on port ${port}: taken over.`);
  return {
    adminUrl: adminUrl(NAMES.database),
    appUrl: urlFor(NAMES.app, secrets.app, port, NAMES.database),
    jobsUrl: urlFor(NAMES.jobs, secrets.jobs, port, NAMES.database),
    dataDir: plan.place.data,
    port,
    adopted,
    stop: () => {
      stopped ??= stop();
      return stopped;
    },
  };
}
