import { existsSync } from "node:fs";
import { dirname, join } from "node:path";

/** The folder of package.json, whether this runs from `src` or from the build in `dist/src`. */
export const PACKAGE_ROOT = rootAbove(import.meta.dirname);

function rootAbove(folder: string): string {
  if (existsSync(join(folder, "package.json"))) return folder;
  const above = dirname(folder);
  if (above === folder) throw new Error("There is no package.json in any folder above this program: install it whole.");
  return rootAbove(above);
}
