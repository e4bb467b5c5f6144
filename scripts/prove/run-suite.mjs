import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { environmentOf, INTERRUPTED, runBounded } from "./bounded.mjs";

const LOOK_EVERY_MS = 2_000;

/** Runs one suite in Vitest within its time limit, shows its progress and resolves with its outcome. */
export async function runSuite(suite, folder) {
  const reportFile = join(folder, `${suite.name}.jsonl`);
  const results = join(folder, `${suite.name}.json`);
  const reporters = ["--no-file-parallelism", "--reporter=default", "--reporter=json", `--outputFile.json=${results}`];
  const args = ["node_modules/vitest/vitest.mjs", "run", ...suite.files, ...reporters];
  const showing = showProgress(suite.name, reportFile, performance.now());
  const env = { ...environmentOf(suite), BREAKGLASS_RELIABILITY_REPORT: reportFile };
  const { cutOff, seconds } = await runBounded(args, env, suite.minutes);
  clearInterval(showing);
  const { failures, counts } = readResults(results);
  if (cutOff !== "") failures.unshift(cutOff);
  return {
    suite,
    seconds,
    lines: linesOf(reportFile),
    counts,
    failures,
    passed: failures.length === 0,
    interrupted: cutOff === INTERRUPTED,
  };
}

function showProgress(name, reportFile, from) {
  let shown = "";
  return setInterval(() => {
    const last = linesOf(reportFile)
      .filter((line) => line.kind === "progress")
      .at(-1);
    if (last === undefined) return;
    const now = `${last.what}: ${last.done} of ${last.of}`;
    if (now === shown) return;
    shown = now;
    console.log(`  ${name} · ${now} · ${Math.round((performance.now() - from) / 1000)} s`);
  }, LOOK_EVERY_MS);
}

/** Reads whole lines only: the last one may be half written. */
function linesOf(file) {
  if (!existsSync(file)) return [];
  const text = readFileSync(file, "utf8");
  return text
    .slice(0, text.lastIndexOf("\n") + 1)
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line));
}

/** Returns failed tests by name, files that failed outside of any test, and the counts. */
function readResults(file) {
  let results;
  try {
    results = JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return { failures: ["Vitest ended without results"], counts: { passed: 0, failed: 0, skipped: 0 } };
  }
  const failures = results.testResults.flatMap(({ status, message, assertionResults }) => {
    const failed = assertionResults.filter((one) => one.status === "failed");
    if (failed.length === 0 && status === "failed") return [firstLine(message)];
    return failed.map((one) => `${one.fullName}: ${whyItFailed(one)}`);
  });
  if (failures.length === 0 && !results.success) failures.push("an error outside of any test");
  const counts = {
    passed: results.numPassedTests,
    failed: results.numFailedTests,
    skipped: results.numPendingTests + results.numTodoTests,
  };
  return { failures, counts };
}

/** Vitest's JSON contains STACK_TRACE_ERROR where a test timed out. */
const whyItFailed = ({ failureMessages: [message = ""] }) =>
  message.includes("STACK_TRACE_ERROR") ? "ran out of time" : firstLine(message);

const firstLine = (text) => text.trim().split("\n")[0] ?? "";
