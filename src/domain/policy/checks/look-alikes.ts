import { skeletonsOf } from "../../text/look-alikes.js";
import { describeFound, type FilePath, type Finding, rawGet, rawMap, rawText } from "../findings.js";

/** A name or title that people choose by, and where it stands. */
interface Named {
  readonly shown: string;
  readonly path: FilePath;
  readonly at: Finding["at"];
}

/**
 * Reports names of gates, paths or roles that a reader takes for one another, and titles of gates or paths likewise: in a
 * form and in an alert nobody tells them apart, and the wrong gate is opened. Each of the two is reported, so that both lines
 * are told.
 */
export function lookAlikeFindings(file: unknown): Finding[] {
  return [
    ...(["gates", "paths", "roles"] as const).flatMap((section) => taken(namesIn(file, section), "name")),
    ...(["gates", "paths"] as const).flatMap((section) => taken(titlesIn(file, section), "title")),
  ];
}

const namesIn = (file: unknown, section: string): Named[] =>
  Object.keys(rawMap(rawGet(file, section))).map((name) => ({ shown: name, path: [section, name], at: "key" }));

/** Without a title, people read the name. */
const titlesIn = (file: unknown, section: string): Named[] =>
  Object.entries(rawMap(rawGet(file, section))).map(([name, one]) => {
    const title = rawText(rawGet(one, "title"));
    return title === null
      ? { shown: name, path: [section, name], at: "key" }
      : { shown: title, path: [section, name, "title"], at: "value" };
  });

/** All that look alike, each once: the first of them beside the second, every other one beside the first. */
function taken(all: readonly Named[], what: "name" | "title"): Finding[] {
  const first = new Map<string, Named>();
  const told = new Set<Named>();
  return all.flatMap((named) => {
    const skeletons = skeletonsOf(named.shown);
    const other = skeletons.map((skeleton) => first.get(skeleton)).find((found) => found !== undefined);
    for (const skeleton of skeletons) if (!first.has(skeleton)) first.set(skeleton, named);
    // Two names that look alike are reported as such; that they are two titles as well need not be said.
    if (other === undefined || (what === "title" && named.at === "key" && other.at === "key")) return [];
    const isTold = told.has(other);
    told.add(other);
    return [finding(named, other, what), ...(isTold ? [] : [finding(other, named, what)])];
  });
}

function finding({ shown, path, at }: Named, other: Named, what: "name" | "title"): Finding {
  const alike = `${describeFound(other.shown)} of ${String(other.path[0])}.${String(other.path[1])}`;
  const message = `expected a ${what} that nobody takes for another one, found ${describeFound(shown)}, which looks like ${alike}`;
  return { path, at, message };
}
