import { z } from "zod";
import type { SentView } from "../interactions/payload-schemas.js";

/** The value of the input in that block; empty when it has none. */
export function textIn(view: Pick<SentView, "values">, block: string): string {
  return valueIn(view, block) ?? "";
}

/** Like {@link textIn}, but `null` when the input is empty. */
export function valueIn(view: Pick<SentView, "values">, block: string): string | null {
  return view.values.get(block)?.[0] ?? null;
}

/** The options chosen in the input of that block. */
export function choicesIn(view: Pick<SentView, "values">, block: string): readonly string[] {
  return view.values.get(block) ?? [];
}

/** A view's `private_metadata`. It comes back from outside, so nothing in it may grant anything. */
export interface Metadata<T> {
  readonly write: (value: T) => string;
  /** Returns `null` for a text that {@link Metadata.write} did not write. */
  readonly read: (text: string) => T | null;
}

/** Metadata stored as JSON, validated with `schema`. */
export function jsonMetadata<T>(schema: z.ZodType<T>): Metadata<T> {
  return {
    write: (value) => JSON.stringify(value),
    read: (text) => {
      try {
        return schema.parse(JSON.parse(text));
      } catch {
        return null;
      }
    },
  };
}

/** Errors by block id, as Slack expects them. Several errors of one input are joined. */
export function errorsByBlock(
  problems: readonly { readonly block: string | undefined; readonly message: string }[],
): Record<string, string> {
  const errors: Record<string, string> = {};
  for (const { block, message } of problems) {
    if (block !== undefined) errors[block] = errors[block] === undefined ? message : `${errors[block]} ${message}`;
  }
  return errors;
}

/** A bypass, or an action of its review, in a view's metadata. */
export const CARRIED_BYPASS = z.strictObject({
  n: z.int().positive().max(999_999_999),
  at: z.int().positive().max(999_999_999),
  identity: z.string().regex(/^[0-9a-f]{24}$/),
});
