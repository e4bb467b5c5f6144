import { execFileSync } from "node:child_process";
import { cpus } from "node:os";
import { figuresOf } from "./figures.mjs";

/** The report as Markdown: one table, what failed, and the raw figures as JSON. */
export function writeReport(outcomes, planned) {
  const failures = outcomes.flatMap(({ suite, failures: all }) => all.map((one) => `- ${suite.name}: ${one}`));
  return [
    "# What was proved",
    "",
    where(),
    ...(outcomes.length < planned ? ["", `**Unfinished: ${outcomes.length} of ${planned} suites.**`] : []),
    "",
    "| suite | what was done | how often | seed | lost | doubled | stuck | slowest | verdict |",
    "| --- | --- | --: | --: | --: | --: | --: | --: | --- |",
    ...outcomes.flatMap(rowsOf),
    "",
    ...(failures.length === 0 ? [] : ["## What failed", "", ...failures, ""]),
    "## Raw figures",
    "",
    "```json",
    JSON.stringify(outcomes.map(raw), null, 2),
    "```",
    "",
  ].join("\n");
}

function where() {
  const commit = commitOf();
  const [cpu] = cpus();
  return `${new Date().toISOString()}, commit ${commit}, Node ${process.version}, ${cpus().length} × ${cpu?.model ?? "cpu"}.`;
}

function commitOf() {
  try {
    return execFileSync("git", ["describe", "--always", "--dirty"], { encoding: "utf8" }).trim();
  } catch {
    return "unknown";
  }
}

function rowsOf(outcome) {
  const figures = figuresOf(outcome);
  const { suite, counts, passed } = outcome;
  if (figures.length === 0) {
    const verdict = !passed ? "FAILED" : counts.passed === 0 ? "skipped" : "holds";
    return [row([suite.name, `${counts.passed} tests, no figures`, "", "", "", "", "", "", verdict])];
  }
  return figures.map(({ what, times, seed, lost, doubled, stuck, slowestMs, verdict }) =>
    row([suite.name, what, times, seed ?? "", lost, doubled, stuck, slowest(slowestMs), verdict]),
  );
}

const row = (cells) => `| ${cells.map((cell) => String(cell).replaceAll("|", "\\|")).join(" | ")} |`;

const slowest = (ms) => (ms === null ? "" : ms < 10_000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`);

const raw = ({ suite, seconds, counts, failures, lines }) => ({
  suite: suite.name,
  sizes: suite.sizes,
  seconds,
  counts,
  failures,
  figures: lines.filter((line) => line.kind === "figures").map(({ kind: _, ...figures }) => figures),
});
