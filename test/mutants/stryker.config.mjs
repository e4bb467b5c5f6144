/**
 * Mutation testing of src/domain with the tests of ./vitest.config.ts. `npm run prove -- mutants` runs this.
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
  // The patterns for secrets and the policy are module-level values: without static mutants they would be untested.
  ignoreStatic: false,
  // Stryker cannot read tsconfig.json, because TypeScript 7 has no API; the tests need nothing of it.
  tsconfigFile: "none.json",
  ignorePatterns: ["/dist", "/drizzle", "/coverage", "/test-results", "/.bench", "/.breakglass*", "/prove-report.md"],
  // A loaded machine takes several times as long. Infinite loops are found much earlier, by their hit count.
  timeoutMS: 60_000,
  dryRunTimeoutMinutes: 20,
  concurrency: 2,
  // Reuses results of mutants and tests that have not changed; `npm ci` deletes them.
  incremental: true,
  incrementalFile: "node_modules/.cache/stryker/incremental.json",
  reporters: ["progress-append-only", "json"],
  jsonReporter: { fileName: "node_modules/.cache/stryker/mutants.json" },
  thresholds: { break: null },
  allowConsoleColors: false,
};
