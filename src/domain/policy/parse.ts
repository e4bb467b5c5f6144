import { sha256Hex } from "../events/canonical.js";
import { calendarFindings } from "./checks/calendar.js";
import { pathFindings } from "./checks/paths.js";
import { ackersFindings, peopleFindings } from "./checks/people.js";
import { notUsedYet, referenceFindings } from "./checks/references.js";
import { shapeFindings } from "./checks/shape.js";
import { type FilePath, type Finding, formatPath, type PolicyError } from "./findings.js";
import { type Policy, resolvePolicy } from "./policy.js";
import { policyFileSchema } from "./schema/file.js";
import { readYaml, type YamlSource } from "./yaml/source.js";

export { formatPolicyError, type PolicyError } from "./findings.js";
export type * from "./policy.js";

/** The largest policy file, in bytes of UTF-8. */
const POLICY_BYTES_MAX = 256 * 1024;

/** A policy that may be put in force, or every reason why not, in the order of the file. */
export type PolicyResult = {
  /** SHA-256 of the text as it was given, 64 hex digits: it stands on each bypass, and in the entry of a refused file. */
  hash: string;
} & (
  | {
      ok: true;
      policy: Policy;
      /** Keys of the file that this release does nothing with: no errors, in the writing of errors. */
      notUsedYet: PolicyError[];
    }
  | { ok: false; errors: PolicyError[] }
);

/**
 * Reads a policy file. All errors are reported at once, each with its place; a policy with an error is never used.
 * @param text the whole file
 * @param fileName what the errors call the file
 */
export function parsePolicy(text: string, fileName: string): PolicyResult {
  const hash = sha256Hex(text);
  const bytes = Buffer.byteLength(text, "utf8");
  if (bytes > POLICY_BYTES_MAX) {
    const message = `expected a file of at most ${POLICY_BYTES_MAX} bytes, found ${bytes}; it was not read`;
    return { ok: false, hash, errors: [{ file: fileName, line: 1, column: 1, path: "", message }] };
  }
  const source = readYaml(text);
  if (!source.readable) return { ok: false, hash, errors: locate(source.findings, source, fileName) };
  const parsed = policyFileSchema.safeParse(source.value);
  const findings = [
    ...source.findings,
    ...(parsed.success ? [] : shapeFindings(parsed.error.issues, source.value)),
    ...referenceFindings(source.value),
    ...pathFindings(source.value),
    ...ackersFindings(source.value),
    ...peopleFindings(source.value),
    ...calendarFindings(source.value),
  ];
  if (findings.length > 0 || !parsed.success) return { ok: false, hash, errors: locate(findings, source, fileName) };
  const idle = locate(notUsedYet(source.value), source, fileName);
  return { ok: true, policy: resolvePolicy(parsed.data), hash, notUsedYet: idle };
}

/** Gives each finding its line and column, in the order of the file; says only once what is wrong with a value. */
function locate(findings: readonly Finding[], source: YamlSource, file: string): PolicyError[] {
  const refused = new Set(
    findings.filter(({ offset, path }) => offset !== undefined && path.length > 0).map(({ path }) => formatPath(path)),
  );
  const isRefused = (path: FilePath) => path.some((_, index) => refused.has(formatPath(path.slice(0, index + 1))));
  const telling = findings.filter(({ offset, path }) => offset !== undefined || !isRefused(path));
  const errors = telling.map(({ path, at, message, nearest, offset }): PolicyError => {
    const position = offset === undefined ? source.positionOf(path, at) : source.positionAt(offset);
    return { file, ...position, path: formatPath(path), message, ...(nearest === undefined ? {} : { nearest }) };
  });
  const once = new Map(errors.map((error) => [`${error.line}:${error.column}:${error.message}`, error]));
  return [...once.values()].sort((a, b) => a.line - b.line || a.column - b.column);
}
