/*
 * Reading a file that may be wrong anywhere: the checks that span several keys must find their errors even where other
 * keys are faulty, so they read the plain values and pass over what has the wrong shape. The schema reports that.
 */

/** The value as a mapping; an empty one when it is something else. */
export function rawMap(value: unknown): Readonly<Record<string, unknown>> {
  return isRawMap(value) ? value : {};
}

/** Whether the value is a mapping of the file. */
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

/** The value under a key of a mapping, its own keys only: `constructor` is not a key of an empty mapping. */
export function rawGet(value: unknown, key: string | number): unknown {
  if (Array.isArray(value)) return value[Number(key)];
  return isRawMap(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}
