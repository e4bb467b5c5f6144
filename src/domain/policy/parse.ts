import { sha256Hex } from "../events/canonical.js";
import { calendarFindings } from "./checks/calendar.js";
import { ciFindings } from "./checks/ci.js";
import { lookAlikeFindings } from "./checks/look-alikes.js";
import { pathFindings } from "./checks/paths.js";
import { ackersFindings, peopleFindings } from "./checks/people.js";
import { notUsedYet, referenceFindings } from "./checks/references.js";
import { shapeFindings } from "./checks/shape.js";
import { webhookFindings } from "./checks/webhooks.js";
import { encodingFault } from "./encoding.js";
import { type FilePath, type Finding, formatPath, type PolicyError } from "./findings.js";
import { type Policy, resolvePolicy } from "./policy.js";
import { policyFileSchema } from "./schema/file.js";
import { readYaml, type YamlSource } from "./yaml/source.js";

export { formatPolicyError, type PolicyError } from "./findings.js";
export type * from "./policy.js";

/** The largest policy file, in bytes of UTF-8. */
export const POLICY_BYTES_MAX = 256 * 1024;

/** A valid policy, or every error, in the order of the file. */
export type PolicyResult = {
  /** SHA-256 of the text as given, 64 hex digits. Each bypass and the entry of a rejected file carry it. */
  hash: string;
} & (
  | {
      ok: true;
      policy: Policy;
      /** Keys of the file that this release does not use. Not errors, but in the same form. */
      notUsedYet: PolicyError[];
    }
  | { ok: false; errors: PolicyError[] }
);

/**
 * Reads a policy file. Reports all errors at once, each with its position; a policy with an error is never used.
 * @param text the whole file
 * @param fileName the name of the file in errors
 */
export function parsePolicy(text: string, fileName: string): PolicyResult {
  const hash = sha256Hex(text);
  const bytes = Buffer.byteLength(text, "utf8");
  if (bytes > POLICY_BYTES_MAX) {
    const message = `expected a file of at most ${POLICY_BYTES_MAX} bytes, found ${bytes}; it was not read`;
    return { ok: false, hash, errors: [{ file: fileName, line: 1, column: 1, path: "", message }] };
  }
  const source = readYaml(text);
  const encoding = encodingFault(text);
  if (encoding !== null) {
    // Everything else that looks wrong then follows from it.
    const error = { file: fileName, ...source.positionAt(encoding.offset), path: "", message: encoding.message };
    return { ok: false, hash, errors: [error] };
  }
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
    ...ciFindings(source.value),
    ...lookAlikeFindings(source.value),
    ...webhookFindings(source.value),
  ];
  if (findings.length > 0 || !parsed.success) return { ok: false, hash, errors: locate(findings, source, fileName) };
  const unused = locate(notUsedYet(source.value), source, fileName);
  return { ok: true, policy: resolvePolicy(parsed.data), hash, notUsedYet: unused };
}

/**
 * Adds line and column to each finding and sorts by them. Drops findings about a value that the YAML reader already
 * rejected, and duplicates.
 */
function locate(findings: readonly Finding[], source: YamlSource, file: string): PolicyError[] {
  const rejected = new Set(
    findings.filter(({ offset, path }) => offset !== undefined && path.length > 0).map(({ path }) => formatPath(path)),
  );
  const isRejected = (path: FilePath) => path.some((_, index) => rejected.has(formatPath(path.slice(0, index + 1))));
  const kept = findings.filter(({ offset, path }) => offset !== undefined || !isRejected(path));
  const errors = kept.map(({ path, at, message, nearest, offset }): PolicyError => {
    const position = offset === undefined ? source.positionOf(path, at) : source.positionAt(offset);
    return { file, ...position, path: formatPath(path), message, ...(nearest === undefined ? {} : { nearest }) };
  });
  const unique = new Map(errors.map((error) => [`${error.line}:${error.column}:${error.message}`, error]));
  return [...unique.values()].sort((a, b) => a.line - b.line || a.column - b.column);
}
