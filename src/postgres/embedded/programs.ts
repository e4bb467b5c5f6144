import { access, cp, readdir, readFile, rename, rm, stat, symlink } from "node:fs/promises";
import { basename, join } from "node:path";
import { z } from "zod";
import { folderFault, systemCode } from "./errors.js";
import { alive } from "./postmaster.js";

const PREFIX = "programs";
const HALF = /\.(?:new|old)-(\d+)-\d+$/;

const manifest = z.object({ version: z.string().regex(/^[\w.-]{1,60}$/) });

/**
 * Where the copy of the programs in `installed` belongs under `home`. Its name holds their version, so that another
 * release never puts its own in place of those that a server is running from.
 */
export async function placeOfCopy(installed: string, home: string): Promise<string> {
  const { version } = manifest.parse(JSON.parse(await readFile(join(installed, "..", "package.json"), "utf8")));
  return join(home, `${PREFIX}-${version}`);
}

/** Tells the half-made copies of one process apart. */
let attempts = 0;

/**
 * Copies the programs to `to`, where none stand that `work`. They are put together beside it and moved there when
 * complete; where another start was faster, its copy stays, and this is false.
 */
export async function putCopy(from: string, to: string, work: () => Promise<boolean>): Promise<boolean> {
  attempts += 1;
  const ours = `${process.pid}-${attempts}`;
  const half = `${to}.new-${ours}`;
  const broken = `${to}.old-${ours}`;
  try {
    const before = await inode(to);
    const needed = (path: string) => !path.endsWith(".a") && basename(path) !== "pkgconfig";
    await cp(from, half, { recursive: true, verbatimSymlinks: true, filter: needed });
    await addLinks(half);
    if (await work()) return false;
    if (before !== undefined && before === (await inode(to))) await rename(to, broken).catch(unless("ENOENT"));
    return await rename(half, to).then(() => true, unless("ENOTEMPTY", "EEXIST"));
  } catch (fault) {
    throw folderFault(fault, to);
  } finally {
    for (const folder of [half, broken]) await rm(folder, { recursive: true, force: true });
  }
}

const inode = (path: string): Promise<number | undefined> =>
  stat(path).then(
    ({ ino }) => ino,
    () => undefined,
  );

/** Throws again what has none of these codes. */
const unless =
  (...codes: string[]) =>
  (fault: unknown): false => {
    if (!codes.includes(systemCode(fault) ?? "")) throw fault;
    return false;
  };

/** Removes the copies of other releases, and halves whose process is gone. Only for whoever holds the data. */
export async function removeOtherCopies(home: string, inUse: string): Promise<void> {
  for (const name of await readdir(home)) {
    const path = join(home, name);
    if (!name.startsWith(PREFIX) || inUse.startsWith(`${path}/`)) continue;
    const maker = HALF.exec(name)?.[1];
    if (maker === undefined || !alive(Number(maker))) await rm(path, { recursive: true, force: true });
  }
}

const links = z.array(z.object({ source: z.string(), target: z.string() }));

/** Makes the links between libraries that the package's install script makes; npm may have been told not to run it. */
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
