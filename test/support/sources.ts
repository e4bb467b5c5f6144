import { readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";

/** Where the product's own sources lie. */
export const SRC = resolve(import.meta.dirname, "../../src");

/** A file with what it imports. */
export interface Source {
  /** Relative to src, such as `slack/app.ts`. */
  readonly path: string;
  readonly text: string;
  readonly lines: number;
  readonly imports: readonly string[];
}

/** Every TypeScript file below a folder, absolute. */
export function filesUnder(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? filesUnder(path) : /\.tsx?$/.test(name) ? [path] : [];
  });
}

/** Reads a file of the tree. */
export function read(path: string): Source {
  const text = readFileSync(path, "utf8");
  const found = text.matchAll(
    /^(?:import|export)\b[^;"=(]*?\bfrom\s+"([^"]+)"|^import\s+"([^"]+)"|\bimport\(\s*"([^"]+)"/gm,
  );
  const imports = [...found].map(([, named, bare, late]) => named ?? bare ?? late ?? "");
  return { path: relative(SRC, path), text, lines: text.split("\n").length - 1, imports };
}

/** Every file of src. */
export const sources = filesUnder(SRC).map(read);

/** The part of src that a file belongs to: its top folder, or the file itself. */
export const partOf = (path: string): string => (path.includes("/") ? (path.split("/")[0] ?? "") : path);

/** The file of src that a relative import names; `null` for a package. */
export function importedPath(source: Source, specifier: string): string | null {
  if (!specifier.startsWith(".")) return null;
  return relative(SRC, resolve(SRC, dirname(source.path), specifier)).replace(/\.js$/, ".ts");
}

/** Who imports whom. */
export type Graph = ReadonlyMap<string, readonly string[]>;

/** The files of src that a file imports. */
export const importsOf = (source: Source): readonly string[] =>
  source.imports.flatMap((specifier) => importedPath(source, specifier) ?? []);

/** `a/b` and `a` for `a/b/c.ts`; the empty name is src itself. */
export function foldersAbove(path: string): string[] {
  const folder = dirname(path);
  return folder === "." ? [""] : [folder, ...foldersAbove(folder)];
}

/** Which folders directly under `parent` import which of the others. */
export function graphOfFolders(parent: string): Graph {
  const inside = parent === "" ? "" : `${parent}/`;
  const childOf = (path: string): string | null => {
    if (!path.startsWith(inside)) return null;
    const [child, below] = path.slice(inside.length).split("/");
    return child === undefined || below === undefined ? null : `${inside}${child}`;
  };
  const graph = new Map<string, string[]>();
  for (const source of sources) {
    const from = childOf(source.path);
    if (from === null) continue;
    const to = importsOf(source).flatMap((path) => childOf(path) ?? []);
    graph.set(from, [...(graph.get(from) ?? []), ...to.filter((other) => other !== from)]);
  }
  return graph;
}

/** Every circle that a walk along the imports runs into, each told once, as `a > b > a`. */
export function circlesIn(graph: Graph): string[] {
  const circles: string[] = [];
  const done = new Set<string>();
  const walk = (at: string, way: readonly string[]): void => {
    const before = way.indexOf(at);
    if (before >= 0) circles.push([...way.slice(before), at].join(" > "));
    if (before >= 0 || done.has(at)) return;
    for (const next of graph.get(at) ?? []) walk(next, [...way, at]);
    done.add(at);
  };
  for (const start of graph.keys()) walk(start, []);
  return [...new Set(circles)];
}
