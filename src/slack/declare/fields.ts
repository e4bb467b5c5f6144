import { z } from "zod";
import type { DeclareField } from "../../domain/decisions/refusals.js";
import { BYPASS_NUMBER, choicesIn, jsonMetadata, valueIn } from "../forms/values.js";
import type { SentView } from "../interactions/payload-schemas.js";

/**
 * Block ids of the form's inputs. Gates and duration depend on the path, so their ids change with it: Slack keeps what is
 * in an input only as long as its block id stays.
 */
export function fieldBlock(field: DeclareField, path: string): string {
  return field === "gates" || field === "duration" ? `${field}:${path}` : field;
}

/** The block of a field in a form as it was sent. */
export function blockOf(view: Pick<SentView, "inputs">, field: DeclareField): string | undefined {
  return view.inputs.find((block) => block === field || block.startsWith(`${field}:`));
}

/** What stands in a field; `null` when it holds nothing or is not in the form. */
export function fieldValue(view: Pick<SentView, "inputs" | "values">, field: DeclareField): string | null {
  const block = blockOf(view, field);
  return block === undefined ? null : valueIn(view, block);
}

/** What is chosen in a field of several choices. */
export function fieldChoices(view: Pick<SentView, "inputs" | "values">, field: DeclareField): readonly string[] {
  const block = blockOf(view, field);
  return block === undefined ? [] : choicesIn(view, block);
}

/** What the form carries along. */
export interface DeclareMetadata {
  /** The path, where only one is open to the person and the menu is left out. */
  readonly path: string | null;
  /** The bypass that this one follows. */
  readonly again: number | null;
  /** A rehearsal. */
  readonly drill: boolean;
}

export const declareMetadata = jsonMetadata<DeclareMetadata>(
  z.strictObject({
    path: z.string().min(1).max(63).nullable(),
    again: BYPASS_NUMBER.nullable(),
    drill: z.boolean().default(false),
  }),
);
