import { nearestWord } from "../../text/nearest.js";
import { describeFound, type FilePath, type Finding, isRawMap, rawGet, rawMap, rawText } from "../findings.js";
import { childNodes, fileSchemaNode, type SchemaNode } from "../schema/json-schema.js";

/**
 * Reports names of roles and gates that the file does not define, and duplicate list items. Walks the file along its
 * schema, so that no key that names a role or gate can be missed.
 */
export function referenceFindings(file: unknown): Finding[] {
  const names = {
    roles: Object.keys(rawMap(rawGet(file, "roles"))),
    gates: Object.keys(rawMap(rawGet(file, "gates"))),
  };
  const findings: Finding[] = [];
  const visit = (value: unknown, nodes: readonly SchemaNode[], path: FilePath): void => {
    if (typeof value === "string") {
      const kind = nodes.map(referredTo).find((section) => section !== undefined);
      if (kind && !names[kind].includes(value)) findings.push(unknownName(value, kind, names[kind], path));
    } else if (Array.isArray(value)) {
      if (nodes.some((node) => node.uniqueItems)) findings.push(...repeated(value, path));
      for (const [index, item] of value.entries()) visit(item, below(nodes, index), [...path, index]);
    } else if (isRawMap(value)) {
      for (const [key, item] of Object.entries(value)) visit(item, below(nodes, key), [...path, key]);
    }
  };
  visit(file, [fileSchemaNode], []);
  return findings;
}

function below(nodes: readonly SchemaNode[], key: string | number): SchemaNode[] {
  return nodes.flatMap((node) => childNodes(node, key));
}

function referredTo(node: SchemaNode): SchemaNode["refersTo"] {
  return node.refersTo ?? node.anyOf?.map(referredTo).find((section) => section !== undefined);
}

function unknownName(word: string, kind: "roles" | "gates", names: readonly string[], path: FilePath): Finding {
  const nearest = nearestWord(word, names);
  const known = names.length === 0 ? "there is none" : names.join(", ");
  const message = `expected a name that stands under ${kind} (${known}), found ${describeFound(word)}`;
  return { path, at: "value", message, ...(nearest === null ? {} : { nearest }) };
}

/** `on-call-lead` and `role: on-call-lead` are the same item. */
function repeated(list: readonly unknown[], path: FilePath): Finding[] {
  const seen = new Set<string>();
  return list.flatMap((item, index): Finding[] => {
    const text = rawText(item) ?? rawText(rawGet(item, "role")) ?? JSON.stringify(item);
    if (!seen.has(text)) {
      seen.add(text);
      return [];
    }
    return [{ path: [...path, index], at: "value", message: `expected each item once, found ${text} a second time` }];
  });
}

/** The keys of a file that this release accepts and checks but does not use; only the topmost key of each branch. */
export function notUsedYet(file: unknown): Finding[] {
  return unusedKeys(file, fileSchemaNode, []);
}

function unusedKeys(value: unknown, node: SchemaNode, path: FilePath): Finding[] {
  if (!isRawMap(value)) return [];
  return Object.entries(value).flatMap(([key, item]) => {
    const [child] = childNodes(node, key);
    const place = [...path, key];
    if (child === undefined) return [];
    if (child.notUsedYet !== true) return unusedKeys(item, child, place);
    return [{ path: place, at: "key" as const, message: "is not used by this release yet" }];
  });
}
