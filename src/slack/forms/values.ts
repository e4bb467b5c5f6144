import { z } from "zod";
import type { SentView } from "../interactions/payload-schemas.js";

/** What stands in the input of that block; empty when nothing does. */
export function textIn(view: Pick<SentView, "values">, block: string): string {
  return valueIn(view, block) ?? "";
}

/** As {@link textIn}, `null` when nothing stands there. */
export function valueIn(view: Pick<SentView, "values">, block: string): string | null {
  return view.values.get(block)?.[0] ?? null;
}

/** What was chosen in the input of that block. */
export function choicesIn(view: Pick<SentView, "values">, block: string): readonly string[] {
  return view.values.get(block) ?? [];
}

/** What a view carries along as `private_metadata`. Nothing in it grants anything: it comes back from outside. */
export interface Metadata<T> {
  readonly write: (value: T) => string;
  /** `null` when the text was not written by {@link Metadata.write}. */
  readonly read: (text: string) => T | null;
}

/** Metadata as JSON of that shape. */
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

/** Errors as Slack takes them, by block id; several about one input stand one after the other. */
export function errorsByBlock(
  problems: readonly { readonly block: string | undefined; readonly message: string }[],
): Record<string, string> {
  const errors: Record<string, string> = {};
  for (const { block, message } of problems) {
    if (block !== undefined) errors[block] = errors[block] === undefined ? message : `${errors[block]} ${message}`;
  }
  return errors;
}

/** The number of a bypass as it travels with a view. */
export const BYPASS_NUMBER = z.int().positive().max(999_999_999);
