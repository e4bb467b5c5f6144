import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Redis } from "ioredis";
import { freePort } from "./ports.js";

/** The Redis of one test file. */
export interface TestRedis {
  readonly url: string;
  /** Kills the server (SIGKILL); `null` when it is not ours. `restart` starts an empty one on the same port. */
  readonly kill: (() => Promise<void>) | null;
  readonly restart: (() => Promise<void>) | null;
  /** Removes the folder in which the server would save; `null` when it is not ours. */
  readonly loseFolder: (() => Promise<void>) | null;
  /** Sets an option of the running server. */
  config(option: string, value: string): Promise<void>;
  /** Empties the database of `url` only. */
  flush(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Starts a `redis-server` from the PATH on a free port, without persistence. Falls back to `TEST_REDIS_URL`, else
 * `null`: skip the suite with `describe.skipIf(redis === null)`.
 */
export async function redisForTests(): Promise<TestRedis | null> {
  const own = await startOwn();
  if (own) return own;
  const url = process.env.TEST_REDIS_URL;
  if (url === undefined) return null;
  const foreign = { kill: null, restart: null, loseFolder: null };
  return { url, ...foreign, config: configure(url), flush: () => flush(url), stop: async () => {} };
}

async function startOwn(): Promise<TestRedis | null> {
  const port = await freePort();
  const folder = await mkdtemp(join(tmpdir(), "breakglass-redis-"));
  const removeFolder = () => rm(folder, { recursive: true, force: true });
  let server = await start(port, folder);
  if (server === null) {
    await removeFolder();
    return null;
  }
  const url = `redis://127.0.0.1:${port}/0`;
  const end = async (signal: NodeJS.Signals) => {
    if (server === null || server.exitCode !== null || server.signalCode !== null) return;
    const ended = once(server, "exit");
    server.kill(signal);
    await ended;
  };
  return {
    url,
    kill: () => end("SIGKILL"),
    restart: async () => {
      await end("SIGKILL");
      await mkdir(folder, { recursive: true });
      server = await start(port, folder);
      if (server === null) throw new Error("redis-server did not start again.");
    },
    config: configure(url),
    flush: () => flush(url),
    loseFolder: removeFolder,
    stop: async () => {
      await end("SIGTERM");
      await removeFolder();
    },
  };
}

const configure =
  (url: string) =>
  async (option: string, value: string): Promise<void> => {
    const client = new Redis(url);
    await client.config("SET", option, value);
    client.disconnect();
  };

/** Resolves once the server accepts connections; `null` when there is no `redis-server`. */
async function start(port: number, folder: string): Promise<ChildProcess | null> {
  const settings = ["--port", String(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"];
  const server = spawn("redis-server", [...settings, "--maxmemory-policy", "noeviction"], {
    stdio: ["ignore", "pipe", "ignore"],
    env: { PATH: process.env.PATH },
    cwd: folder,
  });
  const ready = new Promise<boolean>((resolve) => {
    server.once("error", () => resolve(false));
    server.once("exit", () => resolve(false));
    let output = "";
    server.stdout.on("data", (chunk: Buffer) => {
      output += chunk.toString();
      if (/ready to accept connections/i.test(output)) resolve(true);
    });
  });
  // A worker that is stopped from outside must not leave the server behind.
  process.once("exit", () => server.kill("SIGKILL"));
  return (await ready) ? server : null;
}

async function flush(url: string): Promise<void> {
  const client = new Redis(url, { maxRetriesPerRequest: 1 });
  client.on("error", () => {});
  try {
    await client.flushdb();
  } finally {
    client.disconnect();
  }
}
