import { knownTimezones } from "../calendar/zones.js";
import { describeFound, type FilePath, type Finding } from "./findings.js";
import { type Issue, step } from "./issues.js";
import { knownKeys, knownWords, nodeAt, type SchemaNode } from "./json-schema.js";
import { nearestWord } from "./nearest.js";
import { isRawMap, rawGet } from "./raw.js";

/** Turns what zod says about single values into findings that a person can act on. */
export function shapeFindings(issues: readonly Issue[], file: unknown): Finding[] {
  return issues.flatMap((issue) => fromIssue(issue, issue.path.map(step), file));
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
    case "invalid_type":
    case "too_big":
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
  return withNearest({ path, at: "value", message: `${expected}, found ${describeFound(found)}` }, found, node);
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
 * Where a mapping has the key of one of the alternatives, the errors of that alternative say more than "none of these".
 * @returns null when no alternative is plainly the one that was meant
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
  return meant ? meant.flatMap((issue) => fromIssue(issue, [...path, ...issue.path.map(step)], file)) : null;
}
