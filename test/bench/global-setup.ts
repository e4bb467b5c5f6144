import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { serve } from "../support/global-setup.js";
import { readFigures } from "./support/figures.js";
import { markdownTable, plainTable } from "./support/table.js";

declare module "vitest" {
  interface ProvidedContext {
    benchFigures: string;
  }
}

const OUT = ".bench";

/** Starts a PostgreSQL that waits for the disk, for the whole run, and prints the table at the end. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), "breakglass-bench-"));
  const stop = await serve(project, { fast: false });
  project.provide("benchFigures", folder);
  const began = new Date();
  return async () => {
    await stop();
    const figures = await readFigures(folder);
    await rm(folder, { recursive: true });
    const seconds = Math.round((Date.now() - began.getTime()) / 1000);
    const machine = `Node ${process.version}, ${cpus().length} cores (${cpus()[0]?.model ?? "unknown"}), ${seconds} s.`;
    await mkdir(OUT, { recursive: true });
    await writeFile(
      join(OUT, "latest.json"),
      JSON.stringify({ at: began.toISOString(), ground: machine, figures }, null, 2),
    );
    await writeFile(join(OUT, "latest.md"), `${machine}\n\n${markdownTable(figures)}\n`);
    process.stdout.write(`\n${plainTable(figures)}\n${machine} Written to ${OUT}/latest.json and ${OUT}/latest.md.\n`);
  };
}
