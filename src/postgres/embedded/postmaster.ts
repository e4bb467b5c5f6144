import { readFile, readlink, realpath, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { EmbeddedPostgresError, systemCode } from "./errors.js";
import { run } from "./run.js";

/** A running server of a data folder, as it describes itself in `postmaster.pid`. */
export interface Postmaster {
  readonly pid: number;
  readonly port: number;
  readonly ready: boolean;
}

/** Between two looks at a server, and how long a fast and an immediate stop may take. Milliseconds. */
const STEPS = { look: 25, fastStop: 10_000, immediateStop: 5_000 };

const pidFile = (data: string) => join(data, "postmaster.pid");

/** What `postmaster.pid` says, whether or not that server still runs. */
async function readPidFile(data: string): Promise<Postmaster | undefined> {
  const text = await readFile(pidFile(data), "utf8").catch(() => "");
  const lines = text.split("\n");
  const pid = Number.parseInt(lines[0] ?? "", 10);
  if (!Number.isInteger(pid) || pid <= 1) return undefined;
  return { pid, port: Number.parseInt(lines[3] ?? "0", 10), ready: lines[7]?.trim() === "ready" };
}

/** Is there a process of this number, whoever owns it? */
export function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (fault) {
    return systemCode(fault) === "EPERM";
  }
}

/** Is process `pid` the PostgreSQL server of `data`? Its working folder says so on Linux, its command line elsewhere. */
async function serves(pid: number, data: string): Promise<boolean> {
  if (!alive(pid)) return false;
  if (process.platform === "linux") {
    const folder = await readlink(`/proc/${pid}/cwd`).catch(() => "");
    return folder !== "" && folder === (await realpath(data).catch(() => data));
  }
  const { output } = await run("ps", ["-o", "command=", "-p", String(pid)]);
  return output.includes(`-D ${data}`);
}

/**
 * The server that runs on `data`, or undefined. A pid file whose process is gone, or is by now some other program
 * (after a restart of a container numbers come back), is taken away: PostgreSQL would refuse to start because of it.
 */
export async function findPostmaster(data: string): Promise<Postmaster | undefined> {
  const told = await readPidFile(data);
  if (told === undefined) return undefined;
  if (await serves(told.pid, data)) return told;
  const again = await readPidFile(data);
  if (again?.pid === told.pid) await rm(pidFile(data), { force: true });
  return undefined;
}

/** Waits until the server on `data` takes connections; undefined when it went away or did not get there in time. */
export async function untilReady(data: string, timeoutMs: number): Promise<Postmaster | undefined> {
  for (let waited = 0; waited <= timeoutMs; waited += STEPS.look) {
    const told = await readPidFile(data);
    if (told === undefined || !alive(told.pid)) return undefined;
    if (told.ready) return told;
    await wait(STEPS.look);
  }
  return undefined;
}

/**
 * Stops the server on `data`: connections are ended and the data is written (a fast shutdown). When that does not end,
 * an immediate shutdown, which loses nothing either: the next start recovers.
 */
export async function stopPostmaster(data: string): Promise<void> {
  const server = await findPostmaster(data);
  if (server === undefined) return;
  if (await signalAndWait(server.pid, "SIGINT", data, STEPS.fastStop)) return;
  if (await signalAndWait(server.pid, "SIGQUIT", data, STEPS.immediateStop)) return;
  throw new EmbeddedPostgresError(
    "stop_failed",
    `The embedded PostgreSQL (process ${server.pid}) did not stop. Its data is safe.`,
    `End process ${server.pid} by hand; the next start recovers the data.`,
  );
}

async function signalAndWait(pid: number, signal: NodeJS.Signals, data: string, timeoutMs: number): Promise<boolean> {
  try {
    process.kill(pid, signal);
  } catch (fault) {
    if (systemCode(fault) === "ESRCH") return true;
    throw fault;
  }
  for (let waited = 0; waited <= timeoutMs; waited += STEPS.look) {
    if (!(await serves(pid, data))) return true;
    await wait(STEPS.look);
  }
  return false;
}
