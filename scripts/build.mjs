// Builds dist/ from scratch, so that deleted sources leave no files behind. The bot does not need demo/: without that folder,
// as in the image, only the bot is built.
import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, rmSync } from "node:fs";

/** @param {string} project */
function compile(project) {
  const tsc = spawnSync(process.execPath, ["node_modules/typescript/bin/tsc", "-p", project], { stdio: "inherit" });
  if (tsc.status !== 0) process.exit(tsc.status ?? 1);
}

rmSync("dist", { recursive: true, force: true });
compile("tsconfig.build.json");
if (existsSync("dist/src/cli/main.js")) chmodSync("dist/src/cli/main.js", 0o755);
if (existsSync("demo")) {
  compile("demo");
  const { buildPage } = await import("./build-page.mjs");
  await buildPage("dist/demo/page");
}
