import { access, cp, readdir, readFile, rename, rm, stat, symlink } from "node:fs/promises";
import { basename, join } from "node:path";
import { z } from "zod";
import { folderFault, systemCode } from "./errors.js";
import { alive } from "./postmaster.js";

const PREFIX = "programs";
const INCOMPLETE = /\.(?:new|old)-(\d+)-\d+$/;

const manifest = z.object({ version: z.string().regex(/^[\w.-]{1,60}$/) });

/**
 * Returns the path under `home` for a copy of the programs in `installed`. The name holds their version, so another
 * release never replaces the programs of a running server.
 */
export async function placeOfCopy(installed: string, home: string): Promise<string> {
  const { version } = manifest.parse(JSON.parse(await readFile(join(installed, "..", "package.json"), "utf8")));
  return join(home, `${PREFIX}-${version}`);
}

/** Makes the names of this process's incomplete copies unique. */
let attempts = 0;

/**
 * Copies the programs to `to`, unless `work` finds working ones there. The copy is built beside `to` and moved there
 * when complete. Returns false if another start was faster; its copy stays.
 */
export async function putCopy(from: string, to: string, work: () => Promise<boolean>): Promise<boolean> {
  attempts += 1;
  const suffix = `${process.pid}-${attempts}`;
  const incomplete = `${to}.new-${suffix}`;
  const broken = `${to}.old-${suffix}`;
  try {
    const before = await inode(to);
    const needed = (path: string) => !path.endsWith(".a") && basename(path) !== "pkgconfig";
    await cp(from, incomplete, { recursive: true, verbatimSymlinks: true, filter: needed });
    await addLinks(incomplete);
    if (await work()) return false;
    if (before !== undefined && before === (await inode(to))) await rename(to, broken).catch(unless("ENOENT"));
    return await rename(incomplete, to).then(() => true, unless("ENOTEMPTY", "EEXIST"));
  } catch (fault) {
    throw folderFault(fault, to);
  } finally {
    for (const folder of [incomplete, broken]) await rm(folder, { recursive: true, force: true });
  }
}

const inode = (path: string): Promise<number | undefined> =>
  stat(path).then(
    ({ ino }) => ino,
    () => undefined,
  );

/** Rethrows errors that have none of these codes. */
const unless =
  (...codes: string[]) =>
  (fault: unknown): false => {
    if (!codes.includes(systemCode(fault) ?? "")) throw fault;
    return false;
  };

/** Removes copies of other releases, and incomplete copies of ended processes. Call only while holding the bot lock. */
export async function removeOtherCopies(home: string, inUse: string): Promise<void> {
  for (const name of await readdir(home)) {
    const path = join(home, name);
    if (!name.startsWith(PREFIX) || inUse.startsWith(`${path}/`)) continue;
    const maker = INCOMPLETE.exec(name)?.[1];
    if (maker === undefined || !alive(Number(maker))) await rm(path, { recursive: true, force: true });
  }
}

const links = z.array(z.object({ source: z.string(), target: z.string() }));

/** Creates the links between libraries, which the package's install script would create: npm may not have run it. */
async function addLinks(folder: string): Promise<void> {
  const list = links.parse(JSON.parse(await readFile(join(folder, "pg-symlinks.json"), "utf8")));
  for (const { source, target } of list) {
    const path = join(folder, "..", target.replace(/^native/, basename(folder)));
    if (!(await exists(path))) await symlink(basename(source), path);
  }
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );
