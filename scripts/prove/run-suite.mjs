import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

const LOOK_EVERY_MS = 2_000;
/** How long Vitest may take to end its workers and servers after it was asked to. */
const GRACE_MS = 20_000;
/** Bounds are those of two cores that do nothing else; `BREAKGLASS_RELIABILITY_PATIENCE=3` gives three times as long. */
const PATIENCE = Number(process.env.BREAKGLASS_RELIABILITY_PATIENCE ?? 1);
const INTERRUPTED = "ended from outside";

/** Runs one suite in Vitest within its bound, showing how far it is, and tells what came of it. */
export async function runSuite(suite, folder) {
  const told = join(folder, `${suite.name}.jsonl`);
  const results = join(folder, `${suite.name}.json`);
  const sizes = Object.entries(suite.sizes).map(([name, size]) => [`BREAKGLASS_RELIABILITY_${name}`, String(size)]);
  const args = ["--no-file-parallelism", "--reporter=default", "--reporter=json", `--outputFile.json=${results}`];
  const from = performance.now();
  const vitest = spawn(process.execPath, ["node_modules/vitest/vitest.mjs", "run", ...suite.files, ...args], {
    // A size that is given from outside goes before ours.
    env: { ...Object.fromEntries(sizes), ...process.env, BREAKGLASS_RELIABILITY_REPORT: told },
    stdio: ["ignore", "inherit", "inherit"],
    // A group of its own, so that what a worker started can be ended with it.
    detached: true,
  });
  const ended = once(vitest, "exit");
  const signal = (name) => {
    try {
      process.kill(-vitest.pid, name);
    } catch {
      // It has ended meanwhile.
    }
  };
  let cutOff = "";
  let killing;
  const end = () => {
    signal("SIGINT");
    killing ??= setTimeout(() => signal("SIGKILL"), GRACE_MS);
  };
  const bound = setTimeout(
    () => {
      cutOff = `ended after its bound of ${suite.minutes * PATIENCE} min`;
      end();
    },
    suite.minutes * PATIENCE * 60_000,
  );
  const interrupted = () => {
    cutOff = INTERRUPTED;
    end();
  };
  process.on("SIGINT", interrupted).on("SIGTERM", interrupted);
  const showing = showProgress(suite.name, told, from);
  await ended;
  clearTimeout(bound);
  clearTimeout(killing);
  clearInterval(showing);
  process.off("SIGINT", interrupted).off("SIGTERM", interrupted);
  const { failures, counts } = readResults(results);
  if (cutOff !== "") failures.unshift(cutOff);
  return {
    suite,
    seconds: Math.round((performance.now() - from) / 1000),
    lines: linesOf(told),
    counts,
    failures,
    passed: failures.length === 0,
    interrupted: cutOff === INTERRUPTED,
  };
}

function showProgress(name, told, from) {
  let shown = "";
  return setInterval(() => {
    const last = linesOf(told)
      .filter((line) => line.kind === "progress")
      .at(-1);
    if (last === undefined) return;
    const now = `${last.what}: ${last.done} of ${last.of}`;
    if (now === shown) return;
    shown = now;
    console.log(`  ${name} · ${now} · ${Math.round((performance.now() - from) / 1000)} s`);
  }, LOOK_EVERY_MS);
}

/** Whole lines only: the last one may be half written. */
function linesOf(file) {
  if (!existsSync(file)) return [];
  const text = readFileSync(file, "utf8");
  return text
    .slice(0, text.lastIndexOf("\n") + 1)
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line));
}

/** Failed tests by name, and files that failed outside of any test. */
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

/** Vitest's JSON has these words where a test ran out of time. */
const whyItFailed = ({ failureMessages: [message = ""] }) =>
  message.includes("STACK_TRACE_ERROR") ? "ran out of time" : firstLine(message);

const firstLine = (text) => text.trim().split("\n")[0] ?? "";
