// Runs the long forms of the reliability suites: `npm run prove` runs all of them, `npm run prove -- kills` the named ones.
// The suites run in Vitest, one after the other, with the sizes below. `BREAKGLASS_RELIABILITY_SEED` repeats a run.
// `npm run prove -- mutants` changes the domain in thousands of places, one at a time, and counts how often its tests fail;
// `npm run prove -- mutants src/domain/review` does so in one folder. It runs only when named, since it takes hours.
// Writes the report to `prove-report.md`. Exit code 1: something failed.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { figuresOf } from "./prove/figures.mjs";
import { writeReport } from "./prove/report.mjs";
import { runMutants } from "./prove/run-mutants.mjs";
import { runSuite } from "./prove/run-suite.mjs";

/**
 * The suites. `sizes` are the values that a suite reads with `sizeOf`; a suite is ended after `minutes`.
 * A suite reports its figures with `report` of test/support/reliability/report.ts and its progress with `progress`.
 */
const SUITES = [
  { name: "kills", files: ["test/reliability/kill.test.ts"], sizes: { RANDOM_KILLS: 3 }, minutes: 4 },
  { name: "deaths", files: ["test/reliability/death.test.ts"], sizes: { DEATHS: 50 }, minutes: 30 },
  { name: "suspensions", files: ["test/reliability/suspended.test.ts"], sizes: { SUSPENSIONS: 30 }, minutes: 15 },
  {
    name: "lives",
    files: ["test/reliability/lives.test.ts"],
    sizes: { LIFE_KILLS: 100, LIVES_AT_A_TIME: 4 },
    minutes: 12,
  },
  { name: "borders", files: ["test/reliability/borders.test.ts"], sizes: { ALL_BORDERS: 1 }, minutes: 10 },
  {
    name: "postgres",
    files: ["test/postgres/trail/kill.test.ts", "test/reliability/postgres.test.ts", "test/reliability/crash.test.ts"],
    sizes: { BACKEND_KILLS: 300, SERVER_CRASHES: 10, CRASH_LIVES_AT_A_TIME: 4 },
    minutes: 10,
  },
  {
    name: "redis",
    files: ["test/reliability/redis.test.ts", "test/reliability/redis-load.test.ts"],
    sizes: { REDIS_KILLS: 10, REDIS_LIVES_AT_A_TIME: 4 },
    minutes: 6,
  },
  { name: "races", files: ["test/reliability/race.test.ts"], sizes: { RACES: 1_000 }, minutes: 20 },
  { name: "slack", files: ["test/reliability/slack.test.ts"], sizes: { MESSAGES: 2_000, CHANNELS: 50 }, minutes: 15 },
  {
    name: "tampering",
    files: ["test/reliability/tamper.test.ts"],
    sizes: { ENTRIES: 1_000, HANDS: 8, IN_DATABASE: 50 },
    minutes: 20,
  },
  {
    name: "signatures",
    files: ["test/reliability/signatures.test.ts"],
    sizes: { FORGED: 100_000, FORGED_OVER_HTTP: 2_000 },
    minutes: 3,
  },
  {
    name: "tokens",
    files: ["test/reliability/tokens.test.ts"],
    sizes: { FORGED_TOKENS: 100_000 },
    minutes: 12,
  },
  {
    name: "expiries",
    files: ["test/reliability/expiries.test.ts"],
    sizes: { EXPIRIES: 10_000 },
    minutes: 15,
  },
  {
    name: "quarter",
    files: ["test/reliability/quarter.test.ts"],
    sizes: { QUARTER_DAYS: 90, QUARTER_KILLS: 30 },
    minutes: 25,
  },
  { name: "model", files: ["test/domain/bypass/model.test.ts"], sizes: { MODEL_RUNS: 100_000 }, minutes: 60 },
  { name: "model-postgres", files: ["test/postgres/trail/model.test.ts"], sizes: { SEQUENCES: 2_000 }, minutes: 20 },
];

/** Small sizes, since each mutant needs a run of its own. A fixed seed, so that the same mutants survive each time. */
const MUTANTS = {
  name: "mutants",
  sizes: { MODEL_RUNS: 20, PROPERTY_RUNS: 20, SEED: 4711 },
  minutes: 300,
};

const REPORT = "prove-report.md";

async function main() {
  const args = process.argv.slice(2);
  const known = [...SUITES, MUTANTS];
  const places = args.includes(MUTANTS.name) ? args.filter((name) => name.startsWith("src/domain/")) : [];
  const unknown = args.filter((name) => !places.includes(name) && !known.some((suite) => suite.name === name));
  if (unknown.length > 0) {
    console.error(`No such suite: ${unknown.join(", ")}. There are: ${known.map(({ name }) => name).join(", ")}.`);
    return 2;
  }
  const missing = places.filter((place) => !existsSync(place));
  if (missing.length > 0) {
    console.error(`Nothing to mutate: there is no ${missing.join(", ")}.`);
    return 2;
  }
  const chosen = args.length === 0 ? SUITES : known.filter(({ name }) => args.includes(name));
  const folder = mkdtempSync(join(tmpdir(), "breakglass-prove-"));
  const outcomes = [];
  try {
    for (const suite of chosen) {
      console.log(`\n▌ ${suite.name}: ${JSON.stringify(suite.sizes)}, at most ${suite.minutes} min`);
      const outcome = suite === MUTANTS ? await runMutants(suite, places) : await runSuite(suite, folder);
      outcomes.push(outcome);
      console.log(`  ${outcome.passed ? "holds" : "FAILED"} after ${outcome.seconds} s`);
      for (const failure of outcome.failures) console.log(`  ✗ ${failure}`);
      // Written after each suite, so that an interrupted run leaves its results.
      writeFileSync(REPORT, writeReport(outcomes, chosen.length));
      if (outcome.interrupted) break;
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  console.log(`\n${readFileSync(REPORT, "utf8").split("\n## ")[0]}`);
  return outcomes.every((outcome) => outcome.passed && figuresOf(outcome).every(({ holds }) => holds)) ? 0 : 1;
}

process.exitCode = await main();
