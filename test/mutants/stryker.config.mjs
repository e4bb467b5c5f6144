/**
 * Mutants of the domain, judged by the tests of ./vitest.config.ts. `npm run prove -- mutants` runs this.
 *
 * @type {import("@stryker-mutator/api/core").PartialStrykerOptions}
 */
export default {
  mutate: ["src/domain/**/*.ts"],
  plugins: ["@stryker-mutator/*", "./test/mutants/unreachable.mjs"],
  ignorers: ["unreachable"],
  testRunner: "vitest",
  vitest: { configFile: "test/mutants/vitest.config.ts", related: true },
  coverageAnalysis: "perTest",
  // The patterns of secrets and of the policy are values of their modules: leaving static mutants out would leave them unproved.
  ignoreStatic: false,
  // TypeScript 7 has no API that could read it, and nothing of it matters to the tests.
  tsconfigFile: "none.json",
  ignorePatterns: [
    "/dist",
    "/docs",
    "/drizzle",
    "/coverage",
    "/test-results",
    "/.bench",
    "/.breakglass*",
    "/prove-report.md",
  ],
  // A loaded machine takes several times as long; what loops for ever is found by its count of hits, long before.
  timeoutMS: 60_000,
  dryRunTimeoutMinutes: 20,
  concurrency: 2,
  // What was judged before and has not changed since is taken over; `npm ci` forgets it.
  incremental: true,
  incrementalFile: "node_modules/.cache/stryker/incremental.json",
  reporters: ["progress-append-only", "json"],
  jsonReporter: { fileName: "node_modules/.cache/stryker/mutants.json" },
  thresholds: { break: null },
  allowConsoleColors: false,
};
