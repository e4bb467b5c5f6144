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
  /** What was measured, with its unit; the floor beside it. */
  measured: z.string(),
  /** The floor against itself in the same rounds; `null` where there is no floor. */
  noise: z.string().nullable(),
  /** `noted`: there is no target. */
  verdict: z.enum(["held", "missed", "noted"]),
  /** What it is that keeps it from being faster. */
  bound: z.string(),
});

/** A line of the table. */
export type Figure = z.infer<typeof figure>;

/** Puts a line into the table, and shows it at once. */
export async function report(line: Figure): Promise<void> {
  const name = `${Date.now()}-${randomBytes(4).toString("hex")}.json`;
  await writeFile(join(inject("benchFigures"), name), JSON.stringify(line));
  progress(line.part, `${line.verdict.toUpperCase()} ${line.what}: ${line.measured} (target ${line.target})`);
}

/** All lines, in the order in which they were reported. */
export async function readFigures(folder: string): Promise<readonly Figure[]> {
  const names = (await readdir(folder)).sort();
  const texts = await Promise.all(names.map((name) => readFile(join(folder, name), "utf8")));
  return texts.map((text) => figure.parse(JSON.parse(text)));
}

/** A line about how far it is. */
export function progress(part: string, line: string): void {
  process.stdout.write(`${part}: ${line}\n`);
}
