import { type ChildProcess, spawn } from "node:child_process";
import { open, readFile, rename } from "node:fs/promises";
import { createServer } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import type { Binaries } from "./binaries.js";
import { serverLog } from "./cluster.js";
import { EmbeddedPostgresError, folderFault, serverFault } from "./errors.js";
import type { Place } from "./place.js";
import { findPostmaster, type Postmaster, untilReady } from "./postmaster.js";
import { type Account, BARE_ENVIRONMENT } from "./run.js";

/** Crash recovery after a long run may take a while. The operator sees a progress line meanwhile. */
const START_TIMEOUT_MS = 120_000;
const STEP_MS = 25;

/** The server's log must not hold what people typed, so it gets no statements and no DETAIL lines. */
const SETTINGS = [
  "listen_addresses=127.0.0.1",
  "unix_socket_directories=",
  "max_connections=200",
  "password_encryption=scram-sha-256",
  "timezone=UTC",
  "log_timezone=UTC",
  "lc_messages=C",
  "log_min_error_statement=panic",
  "log_error_verbosity=terse",
  "log_parameter_max_length_on_error=0",
];
const DURABLE = ["fsync=on", "synchronous_commit=on", "full_page_writes=on"];
/** A killed server loses nothing; a crash of the machine may lose data. */
const FAST = ["fsync=off", "synchronous_commit=on", "full_page_writes=off", "max_wal_size=4GB"];

/** Everything needed to start or restart a server. */
export interface ServerPlan {
  readonly place: Place;
  readonly binaries: Binaries;
  readonly account: Account | undefined;
  /** The port to listen on; 0 chooses a free one. */
  readonly port: number;
  /** Tests only: a crash of the machine may lose data. */
  readonly fast: boolean;
}

/**
 * Adopts the server that already runs on the data, or starts a new one. Resolves when it accepts connections.
 * @throws EmbeddedPostgresError
 */
export async function adoptOrStart(plan: ServerPlan): Promise<Postmaster & { adopted: boolean }> {
  for (let attempt = 1; ; attempt++) {
    if (await findPostmaster(plan.place.data)) {
      const running = await untilReady(plan.place.data, START_TIMEOUT_MS);
      if (running) return { ...running, adopted: true };
    }
    const port = plan.port === 0 ? await freePort() : plan.port;
    if (!(await isFree(port))) throw portTaken(port);
    const started = await start(plan, port);
    if (typeof started !== "string") return { ...started, adopted: false };
    const lostRace = /Address already in use/.test(started)
      ? plan.port === 0
      : /postmaster\.pid|shared memory block/.test(started);
    if (!lostRace || attempt === 20) throw await serverFault(started, plan.place.home);
    await wait(100 * attempt);
  }
}

/** Starts the server. Returns its log if it ended or was not ready in time. */
async function start({ place, binaries, account, fast }: ServerPlan, port: number): Promise<Postmaster | string> {
  const log = serverLog(place);
  await rename(log, `${log}.1`).catch(() => {});
  const file = await open(log, "a", 0o600).catch((fault: unknown) => {
    throw folderFault(fault, log);
  });
  const settings = [...SETTINGS, ...(fast ? FAST : DURABLE)].flatMap((setting) => ["-c", setting]);
  // Detached: Ctrl-C in the terminal must reach only the bot, which stops the server after work in flight has ended.
  const child = spawn(binaries.postgres, ["-D", place.data, "-p", String(port), ...settings], {
    cwd: "/",
    env: BARE_ENVIRONMENT,
    stdio: ["ignore", file.fd, file.fd],
    detached: true,
    ...(account ?? {}),
  });
  const watched = watch(child);
  await file.close();
  for (let waited = 0; waited < START_TIMEOUT_MS && !watched.ended(); waited += STEP_MS) {
    const server = await findPostmaster(place.data);
    if (server?.pid === child.pid && server?.ready) {
      child.unref();
      return server;
    }
    await wait(STEP_MS);
  }
  child.kill("SIGQUIT");
  return readFile(log, "utf8").catch(() => "");
}

function watch(child: ChildProcess): { ended(): boolean } {
  let ended = false;
  const end = () => {
    ended = true;
  };
  child.once("exit", end);
  child.once("error", end);
  return { ended: () => ended };
}

function portTaken(port: number): EmbeddedPostgresError {
  return new EmbeddedPostgresError(
    "port_taken",
    `Port ${port} on 127.0.0.1 is taken by another program; the embedded database was not started.`,
    "Stop that program, or leave the port out so that a free one is chosen.",
  );
}

function listenOnce(port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once("error", () => resolve(undefined));
    probe.listen(port, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === "object" && address ? address.port : undefined));
    });
  });
}

const isFree = async (port: number) => (await listenOnce(port)) !== undefined;

async function freePort(): Promise<number> {
  const port = await listenOnce(0);
  if (port === undefined) throw portTaken(0);
  return port;
}
