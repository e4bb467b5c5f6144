// Builds dist/ with a clean start, so that a file that was deleted in the sources cannot live on in dist. The bot needs nothing of
// demo/: where that folder is left out, as in the image, the bot alone is built.
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
