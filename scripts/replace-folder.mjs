// Makes one folder equal to another without a moment in which a file that both have is missing.
import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";

/** @param {string} folder @returns {Set<string>} the paths of its files, relative to it */
function filesIn(folder) {
  const found = readdirSync(folder, { recursive: true, withFileTypes: true });
  return new Set(
    found.filter((one) => !one.isDirectory()).map((one) => join(one.parentPath, one.name).slice(folder.length + 1)),
  );
}

/** @param {string} a @param {string} b */
function areEqual(a, b) {
  if (!existsSync(b) || !lstatSync(b).isFile()) return false;
  const [one, other] = [lstatSync(a), lstatSync(b)];
  return one.size === other.size && one.mode === other.mode && readFileSync(a).equals(readFileSync(b));
}

/**
 * Moves the files of `made` into `folder`, each in one step, and leaves equal ones untouched; then removes what `made`
 * does not have. A program that starts meanwhile finds every file. Both must be on one disk. `made` is used up.
 * @param {string} made
 * @param {string} folder
 */
export function replaceFolder(made, folder) {
  const wanted = filesIn(made);
  for (const path of wanted) {
    const to = join(folder, path);
    if (areEqual(join(made, path), to)) continue;
    mkdirSync(dirname(to), { recursive: true });
    if (existsSync(to) && lstatSync(to).isDirectory()) rmSync(to, { recursive: true });
    renameSync(join(made, path), to);
  }
  for (const path of filesIn(folder)) if (!wanted.has(path)) rmSync(join(folder, path), { force: true });
  removeEmptyFolders(folder);
  rmSync(made, { recursive: true, force: true });
}

/** @param {string} folder */
function removeEmptyFolders(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (!entry.isDirectory()) continue;
    const path = join(folder, entry.name);
    removeEmptyFolders(path);
    if (readdirSync(path).length === 0) rmSync(path, { recursive: true });
  }
}
