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
    // Node itself loads the built program, not Vitest's module loader, so that production code is measured.
    server: { deps: { external: [/\/dist\//] } },
  },
});
