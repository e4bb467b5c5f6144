import { access, mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { systemCode } from "../../src/postgres/embedded/errors.js";
import { type KeptWorkspace, keptWorkspace } from "../slack/index.js";
import { type KeptSeen, keptSeen } from "./seen.js";

const stored = z.object({
  version: z.literal(1),
  aheadMs: z.number().nonnegative(),
  workspace: keptWorkspace,
  seen: keptSeen.optional(),
});

/** A workspace of an earlier demo, and how far its clock was ahead. */
export interface Stored {
  readonly aheadMs: number;
  readonly workspace: KeptWorkspace;
  /** Missing in files of older versions. */
  readonly seen?: KeptSeen | undefined;
}

/** The result of reading the folder: a workspace, nothing, or a file that is not a valid workspace. */
export type Found = Stored | "nothing" | "unreadable";

const fileIn = (folder: string): string => join(folder, "workspace.json");

/** Reads the workspace that an earlier demo left in this folder. */
export async function readStored(folder: string): Promise<Found> {
  try {
    return stored.parse(JSON.parse(await readFile(fileIn(folder), "utf8")));
  } catch (fault) {
    return systemCode(fault) === "ENOENT" ? "nothing" : "unreadable";
  }
}

/**
 * Renames an unreadable file, so that it is not overwritten and a later version may read it. Resolves with its new
 * name.
 */
export async function putAside(folder: string): Promise<string> {
  for (let number = 1; ; number++) {
    const aside = join(folder, `workspace.unreadable-${number}.json`);
    if (await exists(aside)) continue;
    await rename(fileIn(folder), aside);
    return aside;
  }
}

const exists = (file: string): Promise<boolean> =>
  access(file).then(
    () => true,
    () => false,
  );

/** Writes a new file and renames it over the old one, so that the old one survives a full disk or a kill. */
export async function writeStored(folder: string, { aheadMs, workspace, seen }: Stored): Promise<void> {
  const file = fileIn(folder);
  await mkdir(folder, { recursive: true });
  await writeFile(`${file}.new`, JSON.stringify({ version: 1, aheadMs, workspace, seen }));
  await rename(`${file}.new`, file);
}
