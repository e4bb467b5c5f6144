import { mkdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { environmentOf, INTERRUPTED, runBounded } from "./bounded.mjs";

const CONFIG = "test/mutants/stryker.config.mjs";
/** The results of Stryker; the path is set in its configuration. */
const FOUND = "node_modules/.cache/stryker/mutants.json";
/** The least share of mutants, in percent, that the tests must kill. */
const LEAST = 90;

/** Stryker's statuses of killed and of surviving mutants. Mutants with other statuses do not count. */
const NOTICED = ["Killed", "Timeout"];
const MISSED = ["Survived", "NoCoverage"];

/**
 * Runs Stryker over the given folders or files, or over all of the domain. Resolves with the outcome of a suite, plus
 * `mutants`: the figures of each folder, and the survivors.
 */
export async function runMutants(suite, places) {
  mkdirSync(dirname(FOUND), { recursive: true });
  rmSync(FOUND, { force: true });
  const mutate = places.length === 0 ? [] : ["--mutate", places.map(patternOf).join()];
  const args = ["node_modules/@stryker-mutator/core/bin/stryker.js", "run", CONFIG, ...mutate];
  const { code, cutOff, seconds } = await runBounded(args, environmentOf(suite), suite.minutes);
  const mutants = readFound(places);
  const all = mutants.folders.reduce((sum, { judged }) => sum + judged, 0);
  const failures = [
    ...(cutOff === "" ? [] : [cutOff]),
    ...(code === 0 && all > 0 ? [] : [`Stryker ended with code ${code} and ${all} mutants`]),
    ...mutants.folders
      .filter(({ score }) => score < LEAST)
      .map(({ folder, score }) => `${folder}: ${score.toFixed(1)} % of the mutants were noticed, under ${LEAST} %`),
  ];
  return {
    suite,
    seconds,
    lines: [],
    counts: { passed: 0, failed: 0, skipped: 0 },
    failures,
    passed: failures.length === 0,
    interrupted: cutOff === INTERRUPTED,
    mutants,
  };
}

const patternOf = (place) => (statSync(place).isDirectory() ? `${place.replace(/\/$/, "")}/**/*.ts` : place);

/** Returns the figures by folder and every surviving mutant, without earlier results of other places. */
function readFound(places) {
  let files;
  try {
    ({ files } = JSON.parse(readFileSync(FOUND, "utf8")));
  } catch {
    return { folders: [], survivors: [] };
  }
  const selected = Object.entries(files).filter(
    ([file]) =>
      places.length === 0 || places.some((place) => file === place || file.startsWith(`${place.replace(/\/$/, "")}/`)),
  );
  const folders = new Map();
  for (const [file, { mutants }] of selected) {
    const folder = dirname(file);
    const { killed = 0, judged = 0 } = folders.get(folder) ?? {};
    const noticed = mutants.filter(({ status }) => NOTICED.includes(status)).length;
    const missed = mutants.filter(({ status }) => MISSED.includes(status)).length;
    folders.set(folder, { killed: killed + noticed, judged: judged + noticed + missed });
  }
  return {
    folders: [...folders]
      .filter(([, { judged }]) => judged > 0)
      .map(([folder, { killed, judged }]) => ({ folder, killed, judged, score: (100 * killed) / judged })),
    survivors: selected.flatMap(([file, { mutants, source }]) =>
      mutants.filter(({ status }) => MISSED.includes(status)).map((mutant) => survivorOf(file, source, mutant)),
    ),
  };
}

/** Describes a mutant: its place, the original code and the replacement, each in one short line. */
function survivorOf(file, source, { location: { start, end }, replacement, mutatorName, status }) {
  const lines = source.split("\n").slice(start.line - 1, end.line);
  const last = lines.length - 1;
  const cut = lines.map((line, index) =>
    line.slice(index === 0 ? start.column - 1 : 0, index === last ? end.column - 1 : undefined),
  );
  return {
    at: `${file}:${start.line}:${start.column}`,
    was: short(cut.join(" ")),
    is: short(replacement ?? mutatorName),
    covered: status === "Survived",
  };
}

function short(code) {
  const line = code.replace(/\s+/g, " ").trim();
  return line.length > 100 ? `${line.slice(0, 99)}…` : line;
}
