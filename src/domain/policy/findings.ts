import { printable } from "../text/printable.js";

/** The path from the top of the file to a value: keys of mappings and indexes of lists. */
export type FilePath = readonly (string | number)[];

/** An error in a policy, before its line and column are looked up. */
export interface Finding {
  path: FilePath;
  /** Whether the key itself is wrong, or its value. */
  at: "key" | "value";
  /** What was expected and what was found. */
  message: string;
  nearest?: string;
  /** The offset in the text, when the path is ambiguous: the second of two equal keys. */
  offset?: number;
}

/** One error in the policy file, as shown to people. */
export interface PolicyError {
  file: string;
  /** From 1. */
  line: number;
  /** From 1, in UTF-16 code units. */
  column: number;
  /** The place in the policy, such as `paths.emergency_deploy.gates[0]`; empty for the file as a whole. */
  path: string;
  /** What was expected and what was found. */
  message: string;
  /** The known word that was most likely meant. */
  nearest?: string;
}

/** Formats a path: `paths.emergency_deploy.gates[0]`. */
export function formatPath(path: FilePath): string {
  return path.map((step, index) => (typeof step === "number" ? `[${step}]` : index === 0 ? step : `.${step}`)).join("");
}

/** Describes a value of the file in a few words, for "found …" in an error. */
export function describeFound(value: unknown): string {
  if (value === undefined || value === null) return "nothing";
  if (typeof value === "string") return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value);
  if (Array.isArray(value)) return value.length === 0 ? "an empty list" : "a list";
  if (typeof value !== "object") return String(value);
  const keys = Object.keys(value);
  return keys.length === 0
    ? "an empty mapping"
    : `a mapping (${keys.slice(0, 3).join(", ")}${keys.length > 3 ? ", …" : ""})`;
}

/** One printable line per error, for terminals and logs: `file:line:column: path: message (did you mean "…"?)`. */
export function formatPolicyError(error: PolicyError): string {
  const place = error.path === "" ? "" : `${error.path}: `;
  const hint = error.nearest === undefined ? "" : ` (did you mean ${JSON.stringify(error.nearest)}?)`;
  return printable(`${error.file}:${error.line}:${error.column}: ${place}${error.message}${hint}`);
}

/*
 * Accessors for a file that may be wrong anywhere. Checks across keys must find their errors even when other keys are
 * invalid, so they read the plain values and ignore those of the wrong shape. The schema reports those.
 */

/** The value as a mapping; an empty one when it is something else. */
export function rawMap(value: unknown): Readonly<Record<string, unknown>> {
  return isRawMap(value) ? value : {};
}

/** Whether the value is a mapping. */
export function isRawMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The value as a list; an empty one when it is something else. */
export function rawList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** The value as text, or null. */
export function rawText(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}

/** The value under a mapping's own key or a list's index: `constructor` is not a key of an empty mapping. */
export function rawGet(value: unknown, key: string | number): unknown {
  if (Array.isArray(value)) return value[Number(key)];
  return isRawMap(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}
