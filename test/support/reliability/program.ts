import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { access, chmod, cp, mkdtemp, readdir, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { DEMO_POLICY } from "../../../demo/policy.js";
import { cleanUp } from "../embedded-bot.js";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));

/**
 * Loads the bot's modules and starts it at the first line of input, so that a restart does not wait for the loading.
 */
const STANDBY = `
await import("./dist/src/app/app.js");
process.stdin.once("data", () => {
  process.stdin.destroy();
  import("./dist/src/main.js");
});
`;

/** The built bot in a folder of its own, and the processes that were started there. */
export interface Program {
  /** Readable by other accounts: a bot that runs as root runs its database under another account. */
  readonly folder: string;
  /** `cwd` is the folder that it runs in; {@link folder} if left out. */
  start(env: Readonly<Record<string, string>>, cwd?: string): BotProcess;
  /** Loads the bot but starts it only at `go`. */
  standby(env: Readonly<Record<string, string>>): BotProcess;
  /** Runs another script of the folder, which logs `started` as the bot does. */
  run(script: string, env: Readonly<Record<string, string>>): BotProcess;
  /** Kills everything that still runs, embedded database servers included, and removes the folder. */
  dispose(): Promise<void>;
}

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface BotProcess {
  readonly pid: number;
  go(): void;
  /** Writes a line to its input. */
  writeLine(line: string): void;
  /** Closes its input. A bot on standby ends. */
  end(): void;
  /** The port, once it listens. Rejects with the output when the process ends before. */
  readonly started: Promise<number>;
  readonly ended: Promise<Ended>;
  /** Everything that it wrote: the log and the error output. */
  output(): string;
  errors(): string;
  /** Resolves when the log contains this event. */
  logged(event: string): Promise<void>;
  signal(signal: NodeJS.Signals): void;
}

/**
 * Copies `dist`, which `npm ci` has built, or builds it when a source is newer. Tests thus run the program that
 * `npm start` starts.
 */
export async function installProgram(): Promise<Program> {
  const folder = await mkdtemp(join(tmpdir(), "breakglass-program-"));
  await chmod(folder, 0o755);
  await copyProgram(folder).catch(async (fault: unknown) => {
    await rm(folder, { recursive: true, force: true });
    throw fault;
  });
  const children: ChildProcess[] = [];
  const start = (script: string) => (env: Readonly<Record<string, string>>, cwd?: string) => {
    const bot = spawn(process.execPath, [join(folder, script)], {
      cwd: cwd ?? folder,
      env: { PATH: process.env.PATH ?? "", HOME: folder, HOST: "127.0.0.1", PORT: "0", ...env },
      stdio: ["pipe", "pipe", "pipe"],
    });
    children.push(bot);
    return watched(bot);
  };
  // A killed test worker must not leave a bot behind.
  process.once("exit", () => {
    for (const child of children) child.kill("SIGKILL");
  });
  return {
    folder,
    start: start("dist/src/main.js"),
    standby: start("standby.js"),
    run: (script, env) => start(script)(env),
    dispose: async () => {
      await Promise.all(
        children.filter((child) => child.exitCode === null && child.signalCode === null).map((child) => end(child)),
      );
      await cleanUp(folder);
    },
  };
}

async function copyProgram(folder: string): Promise<void> {
  const dist = join(folder, "dist");
  if (await isUpToDate()) await cp(join(ROOT, "dist"), dist, { recursive: true });
  else await build(dist);
  for (const name of ["package.json", "manifest.json"]) await cp(join(ROOT, name), join(folder, name));
  for (const name of ["node_modules", "drizzle"]) await symlink(join(ROOT, name), join(folder, name));
  await writeFile(join(folder, "breakglass.yaml"), DEMO_POLICY);
  await writeFile(join(folder, "standby.js"), STANDBY);
}

async function end(child: ChildProcess): Promise<void> {
  const ended = once(child, "exit");
  child.kill("SIGKILL");
  await ended;
}

async function isUpToDate(): Promise<boolean> {
  const built = await stat(join(ROOT, "dist", "src", "main.js")).catch(() => null);
  if (built === null) return false;
  const folders = await Promise.all(
    ["src", "demo"].map((name) => readdir(join(ROOT, name), { recursive: true, withFileTypes: true })),
  );
  const sources = folders.flat();
  const times = await Promise.all(
    sources.filter((one) => one.isFile()).map(async (one) => (await stat(join(one.parentPath, one.name))).mtimeMs),
  );
  return times.every((time) => time <= built.mtimeMs);
}

/** Builds without type checks, which run elsewhere. */
async function build(outDir: string): Promise<void> {
  const tsc = join(ROOT, "node_modules", "typescript", "bin", "tsc");
  for (const project of ["tsconfig.build.json", "demo"])
    await promisify(execFile)(process.execPath, [tsc, "-p", project, "--noCheck", "--outDir", outDir], { cwd: ROOT });
  await access(join(outDir, "src", "main.js"));
  const page = join(ROOT, "scripts", "build-page.mjs");
  await promisify(execFile)(process.execPath, [page, join(outDir, "demo", "page")], { cwd: ROOT });
}

function watched(bot: ChildProcess): BotProcess {
  let out = "";
  let errors = "";
  const listeners = new Set<() => void>();
  const changed = (): void => {
    for (const listener of [...listeners]) listener();
  };
  bot.stdout?.on("data", (chunk: Buffer) => {
    out += chunk.toString();
    changed();
  });
  bot.stderr?.on("data", (chunk: Buffer) => {
    errors += chunk.toString();
    changed();
  });
  // The pipe of a killed bot is broken, as intended.
  bot.stdin?.on("error", () => {});
  const ended = new Promise<Ended>((resolve) => {
    bot.once("close", (code, signal) => resolve({ code, signal }));
  });
  const find = <T>(look: () => T | undefined, what: string): Promise<T> =>
    new Promise((resolve, reject) => {
      const listener = (): void => {
        const found = look();
        if (found === undefined) return;
        listeners.delete(listener);
        resolve(found);
      };
      listeners.add(listener);
      listener();
      void ended.then(() => reject(new Error(`The bot ended before ${what}. Its output:\n${out}${errors}`)));
    });
  const started = find(() => {
    const line = out.split("\n").find((one) => one.includes('"event":"started"'));
    const port = line?.match(/"port":(\d+)/)?.[1];
    return port === undefined ? undefined : Number(port);
  }, "it listened");
  started.catch(() => {});
  return {
    pid: bot.pid ?? 0,
    go: () => void bot.stdin?.write("go\n"),
    writeLine: (line) => void bot.stdin?.write(`${line}\n`),
    end: () => void bot.stdin?.end(),
    started,
    ended,
    output: () => out + errors,
    errors: () => errors,
    logged: (event) => find(() => (out.includes(`"event":"${event}"`) ? true : undefined), event).then(() => {}),
    signal: (signal) => void bot.kill(signal),
  };
}
