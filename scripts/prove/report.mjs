import { execFileSync } from "node:child_process";
import { cpus } from "node:os";
import { figuresOf } from "./figures.mjs";

/** Returns the report as Markdown: a table, the failures, and the raw figures as JSON. */
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
    ...outcomes.flatMap(mutantsOf),
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

/** The figures of mutants by folder, and the survivors. */
function mutantsOf({ mutants }) {
  if (mutants === undefined) return [];
  const { folders, survivors } = mutants;
  return [
    "## Mutants",
    "",
    "| folder | mutants | noticed | share |",
    "| --- | --: | --: | --: |",
    ...folders.map(({ folder, judged, killed, score }) =>
      row([`\`${folder}\``, judged, killed, `${score.toFixed(1)} %`]),
    ),
    "",
    ...(survivors.length === 0 ? [] : ["What no test noticed:", "", "```text", ...survivors.map(survivor), "```", ""]),
  ];
}

const survivor = ({ at, was, is, covered }) => `${at}  ${was}  →  ${is}${covered ? "" : "  (no test runs it)"}`;

function rowsOf(outcome) {
  const figures = figuresOf(outcome);
  const { suite, counts, passed, mutants } = outcome;
  if (mutants !== undefined) {
    const sum = (of) => mutants.folders.reduce((total, folder) => total + of(folder), 0);
    const what = `${sum(({ killed }) => killed)} mutants noticed`;
    return [row([suite.name, what, sum(({ judged }) => judged), "", "", "", "", "", passed ? "holds" : "FAILED"])];
  }
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

const raw = ({ suite, seconds, counts, failures, lines, mutants }) => ({
  suite: suite.name,
  sizes: suite.sizes,
  seconds,
  counts,
  failures,
  figures: lines.filter((line) => line.kind === "figures").map(({ kind: _, ...figures }) => figures),
  mutants: mutants?.folders,
});
