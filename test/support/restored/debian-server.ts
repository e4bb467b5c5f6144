import { execFile, execFileSync } from "node:child_process";
import { chown, mkdtemp, readdir, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** A PostgreSQL server of the machine's own packages, with the client programs of the same version. */
export interface PackagedServer {
  url(role: string, database: string): string;
  /** Runs `psql`, `pg_dump`, `pg_restore` or `createdb` as the superuser. */
  program(name: string, ...args: readonly string[]): Promise<string>;
  /** A path that server and programs can write. */
  path(name: string): string;
  stop(): Promise<void>;
}

const NEEDED = ["initdb", "pg_ctl", "postgres", "psql", "pg_dump", "pg_restore", "createdb"];

/** The newest folder of PostgreSQL programs that is complete; `null` where none is installed. The embedded server has no `pg_dump`. */
export async function packagedPrograms(): Promise<string | null> {
  const root = "/usr/lib/postgresql";
  const versions = await readdir(root).catch(() => []);
  for (const version of versions.sort((a, b) => Number(b) - Number(a))) {
    const folder = join(root, version, "bin");
    const there = new Set(await readdir(folder).catch(() => []));
    if (NEEDED.every((name) => there.has(name)) && account() !== null) return folder;
  }
  return null;
}

/** Who may run a server: this account, or `postgres` where this is root; `null` where root has no such account. */
function account(): { readonly uid: number; readonly gid: number } | null {
  if (process.getuid?.() !== 0) return { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
  try {
    const id = (flag: string) => Number(execFileSync("id", [flag, "postgres"], { encoding: "utf8", stdio: "pipe" }));
    return { uid: id("-u"), gid: id("-g") };
  } catch {
    return null;
  }
}

/** Starts an empty server, whose superuser is `root_of_all`. */
export async function startPackagedServer(programs: string): Promise<PackagedServer> {
  const who = account();
  if (who === null) throw new Error("Nobody may run a server here.");
  const folder = await mkdtemp(join(tmpdir(), "breakglass-drill-"));
  await chown(folder, who.uid, who.gid);
  const port = await freePort();
  const call = async (name: string, args: readonly string[]): Promise<string> => {
    const env = { PATH: process.env.PATH, PGHOST: "127.0.0.1", PGPORT: String(port), PGUSER: "root_of_all" };
    return (await run(join(programs, name), [...args], { ...who, cwd: folder, env })).stdout;
  };
  const data = join(folder, "data");
  await call("initdb", ["-D", data, "-A", "trust", "-U", "root_of_all", "--no-sync", "-E", "UTF8", "--locale=C"]);
  const settings = `-p ${port} -h 127.0.0.1 -k ${folder} -c fsync=off`;
  await call("pg_ctl", ["-D", data, "-w", "-l", join(folder, "log"), "-o", settings, "start"]);
  return {
    url: (role, database) => `postgres://${role}:trusted@127.0.0.1:${port}/${database}`,
    program: (name, ...args) => call(name, args),
    path: (name) => join(folder, name),
    stop: async () => {
      await call("pg_ctl", ["-D", data, "-m", "immediate", "stop"]);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}
