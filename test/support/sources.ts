import { readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";

/** The folder of the product's sources. */
export const SRC = resolve(import.meta.dirname, "../../src");

/** A source file and its imports. */
export interface Source {
  /** Relative to src, such as `slack/app.ts`. */
  readonly path: string;
  readonly text: string;
  readonly lines: number;
  readonly imports: readonly string[];
}

/** The absolute paths of all TypeScript files under a folder. */
export function filesUnder(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? filesUnder(path) : /\.tsx?$/.test(name) ? [path] : [];
  });
}

/** Reads a source file. */
export function read(path: string): Source {
  const text = readFileSync(path, "utf8");
  const found = text.matchAll(
    /^(?:import|export)\b[^;"=(]*?\bfrom\s+"([^"]+)"|^import\s+"([^"]+)"|\bimport\(\s*"([^"]+)"/gm,
  );
  const imports = [...found].map(([, named, bare, late]) => named ?? bare ?? late ?? "");
  return { path: relative(SRC, path), text, lines: text.split("\n").length - 1, imports };
}

/** All files of src. */
export const sources = filesUnder(SRC).map(read);

/** The part of src that a file belongs to: its top folder, or the file itself. */
export const partOf = (path: string): string => (path.includes("/") ? (path.split("/")[0] ?? "") : path);

/** The file of src that an import refers to; `null` for a package. */
export function importedPath(source: Source, specifier: string): string | null {
  if (!specifier.startsWith(".")) return null;
  return relative(SRC, resolve(SRC, dirname(source.path), specifier)).replace(/\.js$/, ".ts");
}

/** Importers and what they import. */
export type Graph = ReadonlyMap<string, readonly string[]>;

/** The files of src that a file imports. */
export const importsOf = (source: Source): readonly string[] =>
  source.imports.flatMap((specifier) => importedPath(source, specifier) ?? []);

/** `a/b` and `a` for `a/b/c.ts`; the empty name means src itself. */
export function foldersAbove(path: string): string[] {
  const folder = dirname(path);
  return folder === "." ? [""] : [folder, ...foldersAbove(folder)];
}

/** The imports between the folders directly under `parent`. */
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

/** The import cycles, each once, as `a > b > a`. */
export function circlesIn(graph: Graph): string[] {
  const cycles: string[] = [];
  const done = new Set<string>();
  const walk = (at: string, trail: readonly string[]): void => {
    const before = trail.indexOf(at);
    if (before >= 0) cycles.push([...trail.slice(before), at].join(" > "));
    if (before >= 0 || done.has(at)) return;
    for (const next of graph.get(at) ?? []) walk(next, [...trail, at]);
    done.add(at);
  };
  for (const start of graph.keys()) walk(start, []);
  return [...new Set(cycles)];
}
