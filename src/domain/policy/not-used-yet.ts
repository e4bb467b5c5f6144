import type { FilePath, Finding } from "./findings.js";
import { childNodes, fileSchemaNode, type SchemaNode } from "./json-schema.js";
import { isRawMap } from "./raw.js";

/** The keys of a file that are taken and checked, but that this release does nothing with; the topmost of each. */
export function notUsedYet(file: unknown): Finding[] {
  return look(file, fileSchemaNode, []);
}

function look(value: unknown, node: SchemaNode, path: FilePath): Finding[] {
  if (!isRawMap(value)) return [];
  return Object.entries(value).flatMap(([key, below]) => {
    const [child] = childNodes(node, key);
    const place = [...path, key];
    if (child === undefined) return [];
    if (child.notUsedYet !== true) return look(below, child, place);
    return [{ path: place, at: "key" as const, message: "is not used by this release yet" }];
  });
}
