import { readFile, readlink, realpath, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { EmbeddedPostgresError, systemCode } from "./errors.js";
import { run } from "./run.js";

/** A server of a data folder, as described by its `postmaster.pid`. */
export interface Postmaster {
  readonly pid: number;
  readonly port: number;
  readonly ready: boolean;
}

/** The interval between probes, and the time limits of a fast and an immediate shutdown, in milliseconds. */
const TIMES_MS = { probe: 25, fastStop: 10_000, immediateStop: 5_000 };

const pidFile = (data: string) => join(data, "postmaster.pid");

/** Reads `postmaster.pid`, whether or not that server still runs. */
async function readPidFile(data: string): Promise<Postmaster | undefined> {
  const text = await readFile(pidFile(data), "utf8").catch(() => "");
  const lines = text.split("\n");
  const pid = Number.parseInt(lines[0] ?? "", 10);
  if (!Number.isInteger(pid) || pid <= 1) return undefined;
  return { pid, port: Number.parseInt(lines[3] ?? "0", 10), ready: lines[7]?.trim() === "ready" };
}

/** Returns whether a process with this ID exists, whoever owns it. */
export function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (fault) {
    return systemCode(fault) === "EPERM";
  }
}

/** Returns whether process `pid` is the server of `data`: by working folder on Linux, by command line elsewhere. */
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
 * Returns the server that runs on `data`, or undefined. Removes a stale pid file, because PostgreSQL refuses to start
 * with one: its process is gone, or its ID now belongs to another program (a restarted container reuses IDs).
 */
export async function findPostmaster(data: string): Promise<Postmaster | undefined> {
  const found = await readPidFile(data);
  if (found === undefined) return undefined;
  if (await serves(found.pid, data)) return found;
  const current = await readPidFile(data);
  if (current?.pid === found.pid) await rm(pidFile(data), { force: true });
  return undefined;
}

/** Waits until the server on `data` accepts connections. Returns undefined if it ends or the timeout passes. */
export async function untilReady(data: string, timeoutMs: number): Promise<Postmaster | undefined> {
  for (let waited = 0; waited <= timeoutMs; waited += TIMES_MS.probe) {
    const server = await readPidFile(data);
    if (server === undefined || !alive(server.pid)) return undefined;
    if (server.ready) return server;
    await wait(TIMES_MS.probe);
  }
  return undefined;
}

/**
 * Stops the server on `data` with a fast shutdown, which closes connections and writes a checkpoint. If that takes too
 * long, uses an immediate shutdown, which loses nothing either: the next start recovers.
 * @throws EmbeddedPostgresError `stop_failed`
 */
export async function stopPostmaster(data: string): Promise<void> {
  const server = await findPostmaster(data);
  if (server === undefined) return;
  if (await signalAndWait(server.pid, "SIGINT", data, TIMES_MS.fastStop)) return;
  if (await signalAndWait(server.pid, "SIGQUIT", data, TIMES_MS.immediateStop)) return;
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
  for (let waited = 0; waited <= timeoutMs; waited += TIMES_MS.probe) {
    if (!(await serves(pid, data))) return true;
    await wait(TIMES_MS.probe);
  }
  return false;
}
