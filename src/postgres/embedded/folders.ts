import { chmod, mkdir, mkdtemp, realpath, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { mayReach } from "./account.js";
import { systemCode } from "./errors.js";

/** Folders that root creates must be traversable for the server's account, whatever root's umask. */
async function createFolder(path: string): Promise<void> {
  await mkdir(path);
  if (process.getuid?.() === 0) await chmod(path, 0o755);
}

/**
 * Creates a folder and its missing parents. Node's own `recursive` option loops forever on a file system that answers
 * ENOENT for a new folder in an existing one, as `/proc` does.
 */
export async function makeFolder(path: string): Promise<void> {
  try {
    return await createFolder(path);
  } catch (fault) {
    const code = systemCode(fault);
    if (code === "EEXIST" && (await stat(path)).isDirectory()) return;
    if (code !== "ENOENT" || dirname(path) === path) throw fault;
  }
  await makeFolder(dirname(path));
  await createFolder(path).catch((fault: unknown) => {
    if (systemCode(fault) !== "EEXIST") throw fault;
  });
}

/** An account that owns nothing: what it can reach, every account can. */
const ANY_ACCOUNT = { uid: -1, gid: -1 };

/**
 * Returns a folder for temporary files that the server's account can reach. This is the system's temporary folder,
 * unless the bot runs as root and that folder is under a private one; then `/tmp` or `/var/tmp` if either is reachable.
 */
export async function reachableTemporaryFolder(): Promise<string> {
  const usual = await realpath(tmpdir());
  if (process.getuid?.() !== 0) return usual;
  for (const folder of [usual, "/tmp", "/var/tmp"])
    if (await mayReach(folder, ANY_ACCOUNT).catch(() => false)) return folder;
  return usual;
}

/** Creates a folder with mode 0755 in {@link reachableTemporaryFolder}. The caller removes it. */
export async function makeTemporaryFolder(prefix: string): Promise<string> {
  const folder = await mkdtemp(join(await reachableTemporaryFolder(), prefix));
  await chmod(folder, 0o755);
  return folder;
}
