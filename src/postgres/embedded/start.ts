import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { serverAccount } from "./account.js";
import { reachableBinaries } from "./binaries.js";
import { type BotLock, takeBotLock } from "./bot-lock.js";
import { ensureCluster, hasCluster, readSecrets, type Secrets, SUPERUSER } from "./cluster.js";
import { ensureDatabase, NAMES, urlFor } from "./databases.js";
import { EmbeddedPostgresError } from "./errors.js";
import { choosePlace, FALLBACKS, rememberedHome, usualHome } from "./place.js";
import { findPostmaster, stopPostmaster, untilReady } from "./postmaster.js";
import { removeOtherCopies } from "./programs.js";
import { adoptOrStart, type ServerPlan } from "./server.js";

/** A server that recovers from a crash may take this long before it says who uses it. */
const READY_WITHIN_MS = 120_000;

/** What the embedded PostgreSQL needs to know. */
export interface EmbeddedPostgresOptions {
  /** The data folder of the bot (`$BREAKGLASS_DATA`); the database lies in its subfolder `postgres`. */
  readonly dataDir: string;
  /** Listen on this port of 127.0.0.1, or fail; without it a free one is chosen. */
  readonly port?: number;
  /** A new password at each call: at least 20 letters, digits, `-` or `_`, not to be guessed. */
  readonly newSecret: () => string;
  /** Lines for the operator. They hold no secret. */
  readonly log: (line: string) => void;
  /** Where the data goes when a bot that runs as root has it under a private folder; has a default. */
  readonly fallbacks?: readonly string[];
  /** Tests only: trades durability for speed. */
  readonly fast?: boolean;
}

/** A running embedded PostgreSQL. */
export interface EmbeddedPostgres {
  /** For migrations: the superuser. */
  readonly adminUrl: string;
  /** For the bot at run time: may do what the migrations grant, and owns nothing. */
  readonly appUrl: string;
  /** For BullMQ: owns the schema `bullmq` and nothing else. */
  readonly jobsUrl: string;
  /** The folder of PostgreSQL's data; not always under the `dataDir` that was asked for. */
  readonly dataDir: string;
  readonly port: number;
  /** True when the server of an earlier bot, which was killed, still ran. */
  readonly adopted: boolean;
  /** Stops the server and waits until it is gone. Harmless to call twice. */
  stop(): Promise<void>;
}

/**
 * Brings up PostgreSQL on `127.0.0.1` from the binaries that npm installed, with the data of the last time, or new. While it runs
 * it is watched: a server that dies is started again on the same port. One bot per data folder.
 * @throws EmbeddedPostgresError when it cannot; nothing that this call started is left running then.
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
  const account = await serverAccount(`${home}/data`, log);
  const place = await choosePlace(dataDir, account, options.fallbacks ?? FALLBACKS, log);
  await refuseIfUsed(place.data, dataDir);
  if (!(await hasCluster(place.data))) onNew();
  const binaries = await reachableBinaries(account, place.home, log);
  const secrets = await ensureCluster(place, binaries, account, { newSecret, fast });
  await place.remember();
  return { plan: { place, binaries, account, port, fast }, secrets };
}

/**
 * Stops the server that a killed bot left on its data folder. One that another bot uses by now is left alone.
 * `false`: no server runs there.
 */
export async function stopUnusedServer(dataDir: string): Promise<boolean> {
  const data = join((await rememberedHome(dataDir)) ?? usualHome(dataDir), "data");
  if ((await findPostmaster(data)) === undefined) return false;
  try {
    await refuseIfUsed(data, dataDir);
  } catch (fault) {
    // Whether it is used cannot be asked of a server that is broken or half made.
    if (isInUse(fault)) return true;
  }
  await stopPostmaster(data);
  return true;
}

const isInUse = (fault: unknown): boolean => fault instanceof EmbeddedPostgresError && fault.code === "already_running";

/** Before anything on the disk is changed: a server that runs may have its bot. */
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

  let reviving: Promise<void> | undefined;

  const watch = async () => {
    lock = await takeBotLock(adminUrl("postgres"), dataDir, () => {
      reviving = revive();
    });
  };
  const revive = async () => {
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
    await reviving;
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
