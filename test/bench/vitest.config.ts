import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/bench/**/*.bench.ts"],
    pool: "forks",
    maxWorkers: 1,
    fileParallelism: false,
    testTimeout: 3_600_000,
    hookTimeout: 600_000,
    globalSetup: ["test/bench/global-setup.ts"],
    disableConsoleIntercept: true,
    reporters: [["default", { summary: false }]],
    // What is measured is the built program, run by Node itself and not through the runner's own module loader.
    server: { deps: { external: [/\/dist\//] } },
  },
});
