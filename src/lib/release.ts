import { readFileSync } from "node:fs";
import { z } from "zod";

const manifest = z.object({ version: z.string().min(1) });

/** The release that runs: the version of package.json, two folders up from `src/lib` and `dist/lib` alike. */
export const RELEASE = manifest.parse(
  JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")),
).version;
