import { z } from "zod";
import type { DeclareField } from "../../domain/decisions/refusals.js";
import type { SubmittedDeclaration } from "../../usecases/api.js";
import type { CarriedBypass } from "../../usecases/ports/bypass-ref.js";
import { ASKED_ABOUT, confirmedOf } from "../forms/ask-about-secrets.js";
import { CARRIED_BYPASS, choicesIn, jsonMetadata, valueIn } from "../forms/values.js";
import type { SentView } from "../interactions/payload-schemas.js";

/**
 * Block ids of the form's inputs. Gates and duration depend on the path, so their ids include it: Slack keeps the value of
 * an input as long as its block id stays the same.
 */
export function fieldBlock(field: DeclareField, path: string): string {
  return field === "gates" || field === "duration" ? `${field}:${path}` : field;
}

/** The block id of a field in a form that Slack sent. */
export function blockOf(view: Pick<SentView, "inputs">, field: DeclareField): string | undefined {
  return view.inputs.find((block) => block === field || block.startsWith(`${field}:`));
}

/** The value of a field; `null` when it is empty or not in the form. */
export function fieldValue(view: Pick<SentView, "inputs" | "values">, field: DeclareField): string | null {
  const block = blockOf(view, field);
  return block === undefined ? null : valueIn(view, block);
}

/** The options chosen in a field with several choices. */
export function fieldChoices(view: Pick<SentView, "inputs" | "values">, field: DeclareField): readonly string[] {
  const block = blockOf(view, field);
  return block === undefined ? [] : choicesIn(view, block);
}

/** The form's `private_metadata`. */
export interface DeclareMetadata {
  /** The path, when only one is open to the person and the form has no path menu. */
  readonly path: string | null;
  /** The bypass that this one follows. */
  readonly again: CarriedBypass | null;
  /** True for a rehearsal. */
  readonly drill: boolean;
  /** The texts that the person was asked about. */
  readonly askedAbout: readonly string[];
}

export const declareMetadata = jsonMetadata<DeclareMetadata>(
  z.strictObject({
    path: z.string().min(1).max(63).nullable(),
    again: CARRIED_BYPASS.nullable(),
    drill: z.boolean().default(false),
    askedAbout: ASKED_ABOUT.default([]),
  }),
);

const TEXTS: readonly DeclareField[] = ["target", "incident", "reason"];

/** Reads the form as filled in. */
export function readDeclaration(view: SentView, metadata: DeclareMetadata): SubmittedDeclaration {
  const value = (field: DeclareField): string | null => fieldValue(view, field);
  return {
    kind: metadata.drill ? "drill" : "bypass",
    path: value("path") ?? metadata.path ?? "",
    gates: fieldChoices(view, "gates"),
    target: value("target") ?? "",
    incident: value("incident"),
    reason: value("reason") ?? "",
    duration: value("duration") ?? "",
    again: metadata.again,
    confirmed: confirmedOf(
      metadata.askedAbout,
      TEXTS.map((field) => value(field) ?? ""),
    ),
  };
}
