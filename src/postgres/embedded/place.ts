import { createHash } from "node:crypto";
import { access, chown, constants, lstat, mkdir, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { z } from "zod";
import { mayReach } from "./account.js";
import { EmbeddedPostgresError, folderFault } from "./errors.js";
import { makeFolder } from "./folders.js";
import type { Account } from "./run.js";

/** Where the embedded database lives. */
export interface Place {
  /** The folder that holds everything. */
  readonly home: string;
  /** PostgreSQL's data folder. */
  readonly data: string;
  /** Call when the data is complete. Stores a location outside the bot's data folder for the next start. */
  remember(): Promise<void>;
}

/** Where the data goes when the bot runs as root and the server's account cannot reach the bot's data folder. */
export const FALLBACKS: readonly string[] = ["/var/lib/breakglass", join(tmpdir(), "breakglass")];

const note = z.object({ home: z.string() });

/**
 * Returns the location that an earlier start stored, or undefined. `dataDir` is the bot's data folder.
 * @throws EmbeddedPostgresError `data_lost` when there is no database at that location
 */
export async function rememberedHome(dataDir: string): Promise<string | undefined> {
  const text = await readFile(noteFile(dataDir), "utf8").catch(() => undefined);
  if (text === undefined) return undefined;
  const { home } = note.parse(JSON.parse(text));
  const exists = await access(join(home, "data", "PG_VERSION")).then(
    () => true,
    () => false,
  );
  if (exists) return home;
  throw new EmbeddedPostgresError(
    "data_lost",
    `The embedded database of ${dataDir} was kept in ${home}, and is not there any more. No new one was made.`,
    `Put the folder back from a backup. To begin again with an empty trail, delete ${noteFile(dataDir)}.`,
  );
}

const noteFile = (dataDir: string) => join(dataDir, "postgres", "place.json");

/** The folder that holds the data unless a fallback is used. */
export const usualHome = (dataDir: string) => join(resolve(dataDir), "postgres");

/**
 * Chooses the location of the data: `postgres` in the bot's data folder or, if the server's account cannot reach that,
 * a separate folder under the first usable of `fallbacks`, which is logged and remembered.
 * @throws EmbeddedPostgresError `folder_unusable` when none can be used
 */
export async function choosePlace(
  dataDir: string,
  account: Account | undefined,
  fallbacks: readonly string[],
  log: (line: string) => void,
): Promise<Place> {
  const usual = usualHome(dataDir);
  try {
    await makeFolder(usual);
    await access(usual, constants.W_OK);
  } catch (fault) {
    throw folderFault(fault, usual);
  }
  const remembered = await rememberedHome(dataDir);
  if (remembered !== undefined) return place(remembered, async () => {});
  if (await mayReach(usual, account)) return place(usual, async () => {});

  const id = createHash("sha256")
    .update(await realpath(usual))
    .digest("hex")
    .slice(0, 12);
  for (const parent of fallbacks) {
    const home = join(parent, id);
    if (!(await usable(parent, home, account))) continue;
    const warning = parent.startsWith(tmpdir()) ? " — a temporary folder, which a reboot may empty" : "";
    log(`The embedded database's account cannot reach ${usual}: its data lies in ${home}${warning}.`);
    return place(home, () => writeFile(noteFile(dataDir), `${JSON.stringify({ home })}\n`));
  }
  throw new EmbeddedPostgresError(
    "folder_unusable",
    `The embedded database's account can reach neither ${usual} nor any of ${fallbacks.join(", ")}.`,
    "Point BREAKGLASS_DATA to a folder that is not under a private (0700) one, or run the bot as a plain user.",
  );
}

async function usable(parent: string, home: string, account: Account | undefined): Promise<boolean> {
  try {
    await makeFolder(parent);
    // In a world-writable folder, another account could have created a folder under this name as a trap.
    const owner = await lstat(parent);
    if (!owner.isDirectory() || owner.uid !== process.getuid?.()) return false;
    await makeFolder(home);
    return await mayReach(home, account);
  } catch {
    return false;
  }
}

function place(home: string, remember: () => Promise<void>): Place {
  return { home, data: join(home, "data"), remember };
}

/** Creates an empty folder that only `account` can access, replacing an existing one. */
export async function ownFolder(path: string, account: Account | undefined): Promise<void> {
  await rm(path, { recursive: true, force: true });
  await mkdir(path, { mode: 0o700 });
  if (account) await chown(path, account.uid, account.gid);
}
