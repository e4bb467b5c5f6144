// Bundles the GitHub action into action/check.mjs, which is committed: GitHub runs it as it stands in the repository, without
// npm install. Usage: build-action.mjs. A test fails while the committed file is another.
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "vite";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

const HEAD = `// Made of src/cli/check/action.ts by scripts/build-action.mjs; do not edit. It imports nothing but Node's own modules.
`;

/** @returns {Promise<string>} the text of action/check.mjs */
export async function bundleAction() {
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

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(`${ROOT}action/check.mjs`, await bundleAction());
