import { z } from "zod";
import { policyFileSchema } from "./file.js";

/** A node of the JSON Schema of the policy file, with the metadata that `fields.ts` adds. */
export interface SchemaNode {
  type?: string;
  description?: string;
  default?: unknown;
  const?: unknown;
  enum?: unknown[];
  pattern?: string;
  properties?: Record<string, SchemaNode>;
  required?: string[];
  additionalProperties?: SchemaNode | boolean;
  propertyNames?: SchemaNode;
  items?: SchemaNode;
  anyOf?: SchemaNode[];
  uniqueItems?: boolean;
  form?: string;
  whenLeftOut?: string;
  refersTo?: "roles" | "gates";
  notUsedYet?: boolean;
}

/** The description of a key, with a note when this release does not use it. */
export function meaningOf({ description = "", notUsedYet }: SchemaNode): string {
  return notUsedYet === true ? `${description} Not used by this release yet.` : description;
}

/** The schema of the file as written; the checks, the messages and the reference page walk it. */
export const fileSchemaNode = z.toJSONSchema(policyFileSchema, { io: "input" }) as SchemaNode;

/** The schema nodes that may apply to the value under `key` of this node. */
export function childNodes(node: SchemaNode, key: string | number): SchemaNode[] {
  const branches = (node.anyOf ?? []).flatMap((branch) => childNodes(branch, key));
  if (typeof key === "number") return node.items ? [node.items, ...branches] : branches;
  const known = node.properties && Object.hasOwn(node.properties, key) ? node.properties[key] : undefined;
  if (known) return [known, ...branches];
  return typeof node.additionalProperties === "object" ? [node.additionalProperties, ...branches] : branches;
}

/** The schema node of a path in the file; an empty node for a path that the schema does not know. */
export function nodeAt(path: readonly (string | number)[]): SchemaNode {
  return path.reduce<SchemaNode>((node, key) => childNodes(node, key)[0] ?? {}, fileSchemaNode);
}

/** The keys that a mapping at this node may have. */
export function knownKeys(node: SchemaNode): string[] {
  return [...Object.keys(node.properties ?? {}), ...(node.anyOf ?? []).flatMap(knownKeys)];
}

/** The fixed values that this node accepts, as text. */
export function knownWords(node: SchemaNode): string[] {
  const own = [...(node.enum ?? []), ...(node.const === undefined ? [] : [node.const])];
  return [...own.map(String), ...(node.anyOf ?? []).flatMap(knownWords)];
}

/**
 * The JSON Schema (2020-12) of the policy file, for editors. It validates each value on its own. Only `parsePolicy`
 * checks that roles and gates exist, and the other rules between keys.
 */
export function policyJsonSchema(): Record<string, unknown> {
  return z.toJSONSchema(policyFileSchema, {
    io: "input",
    override: ({ jsonSchema }) => {
      const node: Record<string, unknown> = jsonSchema;
      const { description, whenLeftOut, notUsedYet } = node;
      if (typeof description === "string") {
        const left = typeof whenLeftOut === "string" ? ` Left out: ${whenLeftOut.replaceAll("`", "")}.` : "";
        node.description = `${meaningOf({ description, notUsedYet: notUsedYet === true })}${left}`;
      }
      for (const own of ["form", "whenLeftOut", "refersTo", "notUsedYet"]) delete node[own];
    },
  });
}
