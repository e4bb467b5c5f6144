import { randomBytes } from "node:crypto";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { inject } from "vitest";
import { z } from "zod";

const figure = z.object({
  /** Which part of the benchmark, as in `npm run bench -- part`. */
  part: z.string(),
  what: z.string(),
  target: z.string(),
  /** The measured values with their units, and the floor. */
  measured: z.string(),
  /** The ratio of the floor to itself in the same rounds; `null` where there is no floor. */
  noise: z.string().nullable(),
  /** `noted` where there is no target. */
  verdict: z.enum(["held", "missed", "noted"]),
  /** What limits the speed. */
  bound: z.string(),
});

/** One line of the table. */
export type Figure = z.infer<typeof figure>;

/** Adds a line to the table and prints it at once. */
export async function report(line: Figure): Promise<void> {
  const name = `${Date.now()}-${randomBytes(4).toString("hex")}.json`;
  await writeFile(join(inject("benchFigures"), name), JSON.stringify(line));
  progress(line.part, `${line.verdict.toUpperCase()} ${line.what}: ${line.measured} (target ${line.target})`);
}

/** Reads all lines, in the order of their reports. */
export async function readFigures(folder: string): Promise<readonly Figure[]> {
  const names = (await readdir(folder)).sort();
  const texts = await Promise.all(names.map((name) => readFile(join(folder, name), "utf8")));
  return texts.map((text) => figure.parse(JSON.parse(text)));
}

/** Prints a line about the progress. */
export function progress(part: string, line: string): void {
  process.stdout.write(`${part}: ${line}\n`);
}
