// Builds dist/ beside it and then puts the files in place, so that deleted sources leave no files behind and a bot that
// starts meanwhile finds its program. The bot does not need demo/: without that folder, as in the image, only the bot is built.
import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { replaceFolder } from "./replace-folder.mjs";

const made = mkdtempSync(".dist-");
const command = join(made, "src", "cli", "main.js");

/** @param {string} project */
function compile(project) {
  const args = ["node_modules/typescript/bin/tsc", "-p", project, "--outDir", made];
  const tsc = spawnSync(process.execPath, args, { stdio: "inherit" });
  if (tsc.status === 0) return;
  rmSync(made, { recursive: true, force: true });
  process.exit(tsc.status ?? 1);
}

/**
 * Makes the command where npx looks first. As `bin` in package.json, npx would install this folder as a package into its
 * cache instead: that starts this build, needs a writable home, and takes ten seconds.
 */
function linkCommand() {
  if (!existsSync("node_modules")) return;
  const link = join("node_modules", ".bin", "breakglass");
  const fresh = `${link}.${process.pid}`;
  mkdirSync(join("node_modules", ".bin"), { recursive: true });
  rmSync(fresh, { force: true });
  symlinkSync(join("..", "..", "dist", "src", "cli", "main.js"), fresh);
  renameSync(fresh, link);
}

compile("tsconfig.build.json");
if (existsSync(command)) chmodSync(command, 0o755);
if (existsSync("demo")) {
  compile("demo");
  const { buildPage } = await import("./build-page.mjs");
  await buildPage(join(made, "demo", "page"));
}
mkdirSync("dist", { recursive: true });
replaceFolder(made, "dist");
linkCommand();
