import { chmod, mkdir, mkdtemp, realpath, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { mayReach } from "./account.js";
import { systemCode } from "./errors.js";

/** A server of another account must pass through the folders that root makes, whatever root's umask. */
async function makeOne(path: string): Promise<void> {
  await mkdir(path);
  if (process.getuid?.() === 0) await chmod(path, 0o755);
}

/**
 * Makes a folder and those above it where they are missing. Node's own `recursive` asks for ever where a file system
 * says ENOENT to a new folder under one that exists, as `/proc` does.
 */
export async function makeFolder(path: string): Promise<void> {
  try {
    return await makeOne(path);
  } catch (fault) {
    const code = systemCode(fault);
    if (code === "EEXIST" && (await stat(path)).isDirectory()) return;
    if (code !== "ENOENT" || dirname(path) === path) throw fault;
  }
  await makeFolder(dirname(path));
  await makeOne(path).catch((fault: unknown) => {
    if (systemCode(fault) !== "EEXIST") throw fault;
  });
}

/** Belongs to nobody: what it may reach, everybody may. */
const STRANGER = { uid: -1, gid: -1 };

/**
 * A folder for temporary files that the account of an embedded server reaches: the usual one, unless the bot runs as
 * root and that lies under a private folder. Then `/tmp` or `/var/tmp`, or the usual one where neither will do.
 */
export async function reachableTemporaryFolder(): Promise<string> {
  const usual = await realpath(tmpdir());
  if (process.getuid?.() !== 0) return usual;
  for (const folder of [usual, "/tmp", "/var/tmp"])
    if (await mayReach(folder, STRANGER).catch(() => false)) return folder;
  return usual;
}

/** A new folder under {@link reachableTemporaryFolder}, open to other accounts, for the caller to remove. */
export async function makeTemporaryFolder(prefix: string): Promise<string> {
  const folder = await mkdtemp(join(await reachableTemporaryFolder(), prefix));
  await chmod(folder, 0o755);
  return folder;
}
