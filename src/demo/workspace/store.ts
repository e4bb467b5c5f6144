import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { type KeptWorkspace, keptWorkspace } from "../slack/index.js";

const stored = z.object({ version: z.literal(1), aheadMs: z.number().nonnegative(), workspace: keptWorkspace });

/** A workspace of an earlier demo, with the time that its clock was ahead. */
export interface Stored {
  readonly aheadMs: number;
  readonly workspace: KeptWorkspace;
}

export type Found = Stored | "nothing" | "unreadable";

const fileIn = (folder: string): string => join(folder, "workspace.json");

/** What an earlier demo left in this folder. */
export async function readStored(folder: string): Promise<Found> {
  const text = await readFile(fileIn(folder), "utf8").catch(() => null);
  if (text === null) return "nothing";
  try {
    return stored.parse(JSON.parse(text));
  } catch {
    return "unreadable";
  }
}

/** Writes it beside the old one and puts it in its place at once, so that a full disk or a kill leaves the old one. */
export async function writeStored(folder: string, { aheadMs, workspace }: Stored): Promise<void> {
  const file = fileIn(folder);
  await mkdir(folder, { recursive: true });
  await writeFile(`${file}.new`, JSON.stringify({ version: 1, aheadMs, workspace }));
  await rename(`${file}.new`, file);
}
