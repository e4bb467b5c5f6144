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

/** A workspace of an earlier demo, with the time that its clock was ahead. */
export interface Stored {
  readonly aheadMs: number;
  readonly workspace: KeptWorkspace;
  /** Left out by demos that did not keep it. */
  readonly seen?: KeptSeen | undefined;
}

/** What there may be: a workspace, nothing, or something that no demo has written. */
export type Found = Stored | "nothing" | "unreadable";

const fileIn = (folder: string): string => join(folder, "workspace.json");

/** What an earlier demo left in this folder. */
export async function readStored(folder: string): Promise<Found> {
  try {
    return stored.parse(JSON.parse(await readFile(fileIn(folder), "utf8")));
  } catch (fault) {
    return systemCode(fault) === "ENOENT" ? "nothing" : "unreadable";
  }
}

/** Puts what cannot be read where nothing is written over it, and names the file: a later version may know what it is. */
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

/** Writes it beside the old one and puts it in its place at once, so that a full disk or a kill leaves the old one. */
export async function writeStored(folder: string, { aheadMs, workspace, seen }: Stored): Promise<void> {
  const file = fileIn(folder);
  await mkdir(folder, { recursive: true });
  await writeFile(`${file}.new`, JSON.stringify({ version: 1, aheadMs, workspace, seen }));
  await rename(`${file}.new`, file);
}
