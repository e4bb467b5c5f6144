import type { z } from "zod";
import type { FilePath } from "./findings.js";
import { rawGet, rawMap } from "./raw.js";
import { policyFileSchema } from "./schema.js";

export type Issue = z.core.$ZodIssue;

/** A step of zod's paths as one of ours. */
export function step(key: PropertyKey): string | number {
  return typeof key === "number" ? key : String(key);
}

/**
 * Everything that the schema has to say of a file. Under a name that is wrong the schema does not look: what stands there
 * is looked at under a name that is right, so that all errors are told at once.
 */
export function issuesOf(first: readonly Issue[], file: unknown): readonly Issue[] {
  const wrong = first.filter(({ code }) => code === "invalid_key").map(({ path }) => path.map(step));
  return wrong.length === 0 ? first : [...first, ...issuesBelow(wrong, file)];
}

/** All in one look, for a hostile file may hold thousands of wrong names. */
function issuesBelow(wrong: readonly FilePath[], file: unknown): readonly Issue[] {
  const standIns: Record<string, Record<string, unknown>> = Object.create(null);
  for (const [index, path] of wrong.entries()) {
    const [section, name] = path;
    // Only the sections at the top of the file have names that are free.
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
