import type { z } from "zod";
import { knownTimezones } from "../../calendar/zones.js";
import { nearestWord } from "../../text/nearest.js";
import { describeFound, type FilePath, type Finding, isRawMap, rawGet, rawMap } from "../findings.js";
import { policyFileSchema } from "../schema/file.js";
import { knownKeys, knownWords, nodeAt, type SchemaNode } from "../schema/json-schema.js";

/** Turns zod's issues about single values into findings that a person can act on. */
export function shapeFindings(issues: readonly Issue[], file: unknown): Finding[] {
  return allIssues(issues, file).flatMap((issue) => fromIssue(issue, issue.path.map(pathKey), file));
}

function fromIssue(issue: Issue, path: FilePath, file: unknown): Finding[] {
  const found = path.reduce<unknown>(rawGet, file);
  const node = nodeAt(path);
  switch (issue.code) {
    case "unrecognized_keys":
      return issue.keys.map((key) => unknownKey(key, path, node));
    case "invalid_key": {
      const name = path.at(-1);
      const expected = nodeAt(path.slice(0, -1)).propertyNames?.form ?? "another name";
      return [{ path, at: "key", message: `expected ${expected}, found ${describeFound(name)}` }];
    }
    case "invalid_union":
      return fromUnion(issue.errors, path, found, file) ?? [plain(path, node.form, found, node)];
    case "custom":
      return [plain(path, issue.message, found, node)];
    case "too_big":
      return [
        Array.isArray(found) ? tooLong(path, node, found, Number(issue.maximum)) : plain(path, node.form, found, node),
      ];
    case "invalid_type":
    case "too_small":
    case "invalid_format":
    case "not_multiple_of":
    case "invalid_element":
    case "invalid_value":
      return [plain(path, node.form, found, node)];
    default:
      issue satisfies never;
      return [];
  }
}

function plain(path: FilePath, form: string | undefined, found: unknown, node: SchemaNode): Finding {
  const expected = `expected ${form ?? "something else"}`;
  if (found === undefined) return { path, at: "key", message: `${expected}, found nothing: the key is missing` };
  const quotes = quotesHint(found, node);
  if (quotes !== null) return { path, at: "value", message: `${expected}, ${quotes}` };
  return withNearest({ path, at: "value", message: `${expected}, found ${describeFound(found)}` }, found, node);
}

/** A list is not wrong in itself, so its length is what has to be said. */
function tooLong(path: FilePath, node: SchemaNode, found: readonly unknown[], most: number): Finding {
  const message = `expected ${node.form ?? "a list"}, with at most ${most} entries; found ${found.length}: leave out those that no longer matter`;
  return { path, at: "value", message };
}

/** What to do about a number or `true` in quotes, which is text in YAML; `null` for anything else. */
function quotesHint(found: unknown, node: SchemaNode): string | null {
  if (typeof found !== "string") return null;
  const meant = /^-?\d+$/.test(found) ? "number" : /^(?:true|false)$/.test(found) ? "boolean" : null;
  const wanted = kindsOf(node);
  if (meant === null || !wanted.has(meant) || wanted.has("string")) return null;
  return `found the text ${JSON.stringify(found)}: leave out the quotes`;
}

/** The kinds of single values that a node takes. */
function kindsOf({ type, const: only, anyOf = [] }: SchemaNode): ReadonlySet<string> {
  const own = type ?? (only === undefined ? null : typeof only);
  return new Set([
    ...(own === null ? [] : [own === "integer" ? "number" : own]),
    ...anyOf.flatMap((one) => [...kindsOf(one)]),
  ]);
}

function withNearest(finding: Finding, found: unknown, node: SchemaNode): Finding {
  if (typeof found !== "string") return finding;
  const words = finding.path.at(-1) === "timezone" ? knownTimezones() : knownWords(node);
  const nearest = nearestWord(found, words);
  return nearest === null ? finding : { ...finding, nearest };
}

function unknownKey(key: string, path: FilePath, node: SchemaNode): Finding {
  const keys = knownKeys(node);
  const nearest = nearestWord(key, keys);
  const message = `expected one of the keys ${keys.join(", ")}; found ${describeFound(key)}`;
  return { path: [...path, key], at: "key", message, ...(nearest === null ? {} : { nearest }) };
}

/**
 * The errors of the alternative that was meant: that whose key the mapping has. They are more precise than "none of
 * these".
 * @returns null when no alternative is clearly the one that was meant
 */
function fromUnion(branches: readonly Issue[][], path: FilePath, found: unknown, file: unknown): Finding[] | null {
  if (!isRawMap(found)) return null;
  const keys = Object.keys(found);
  const known = knownKeys(nodeAt(path));
  if (keys.length > 1) return null;
  const [key] = keys;
  if (key !== undefined && !known.includes(key)) return [unknownKey(key, path, nodeAt(path))];
  const meant = branches.find(
    (issues) => issues.length > 0 && issues.every((issue) => issue.path.length > 0 && issue.path[0] === key),
  );
  return meant ? meant.flatMap((issue) => fromIssue(issue, [...path, ...issue.path.map(pathKey)], file)) : null;
}

type Issue = z.core.$ZodIssue;

/** Converts a key of a zod path. */
function pathKey(key: PropertyKey): string | number {
  return typeof key === "number" ? key : String(key);
}

/**
 * All issues that the schema finds in a file. Zod does not validate the value under an invalid name, so those values
 * are validated again under valid names; otherwise their errors would show up only after the name is corrected.
 */
function allIssues(first: readonly Issue[], file: unknown): readonly Issue[] {
  const wrong = first.filter(({ code }) => code === "invalid_key").map(({ path }) => path.map(pathKey));
  return wrong.length === 0 ? first : [...first, ...issuesBelow(wrong, file)];
}

/** Validates all of them in one pass: a hostile file may hold thousands of invalid names. */
function issuesBelow(wrong: readonly FilePath[], file: unknown): readonly Issue[] {
  const standIns: Record<string, Record<string, unknown>> = Object.create(null);
  for (const [index, path] of wrong.entries()) {
    const [section, name] = path;
    // Only sections at the top of the file have user-defined names.
    if (typeof section !== "string" || name === undefined || path.length > 2) continue;
    const named = standIns[section] ?? {};
    named[`n${index}`] = rawGet(rawGet(file, section), name);
    standIns[section] = named;
  }
  const { error } = policyFileSchema.safeParse({ ...rawMap(file), ...standIns });
  return (error?.issues ?? []).flatMap((issue) => {
    const [section, standIn, ...rest] = issue.path;
    const index = /^n(\d+)$/.exec(String(standIn))?.[1];
    const path = typeof section === "string" && section in standIns && index ? wrong[Number(index)] : undefined;
    return path === undefined ? [] : [{ ...issue, path: [...path, ...rest] }];
  });
}
