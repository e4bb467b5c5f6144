// Bundles the GitHub action into action/check.mjs, which is committed: GitHub runs it as it stands in the repository, without
// npm install. Usage: build-action.mjs [--check]; --check writes nothing and fails where the committed file is another.
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "vite";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

const HEAD = `// Made of src/cli/check/action.ts by scripts/build-action.mjs; do not edit. It imports nothing but Node's own modules.
`;

/** @returns {Promise<string>} the text of action/check.mjs */
async function bundleAction() {
  const built = await build({
    configFile: false,
    root: ROOT,
    logLevel: "warn",
    build: {
      ssr: "src/cli/check/action.ts",
      target: "node20",
      minify: false,
      write: false,
      rollupOptions: { output: { format: "es", codeSplitting: false } },
    },
  });
  const outputs = [built].flat().flatMap((one) => ("output" in one ? one.output : []));
  const [chunk, ...more] = outputs;
  if (chunk?.type !== "chunk" || more.length > 0) throw new Error("The action is not one file.");
  return HEAD + chunk.code;
}

const path = `${ROOT}action/check.mjs`;
const text = await bundleAction();
if (!process.argv.includes("--check")) writeFileSync(path, text);
else if (readFileSync(path, "utf8") !== text) {
  console.error("action/check.mjs is out of date; run node scripts/build-action.mjs");
  process.exitCode = 1;
}
