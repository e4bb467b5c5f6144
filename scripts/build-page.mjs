// Builds the demo's page for browsers. The demo's server looks for it beside its own compiled code.
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "vite";

/** @param {string} outDir */
export async function buildPage(outDir) {
  await build({
    configFile: false,
    root: fileURLToPath(new URL("../demo/page", import.meta.url)),
    logLevel: "warn",
    build: { outDir: resolve(outDir), emptyOutDir: true },
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildPage(process.argv[2] ?? "dist/demo/page");
