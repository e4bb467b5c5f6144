import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { PACKAGE_ROOT } from "./package-root.js";

const manifest = z.object({ version: z.string().min(1) });

/** The running release: the version in package.json. */
export const RELEASE = manifest.parse(JSON.parse(readFileSync(join(PACKAGE_ROOT, "package.json"), "utf8"))).version;
