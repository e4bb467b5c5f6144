import type { DeclareField } from "../../domain/bypass/refusals.js";
import type { SentView } from "../interactions/payload-schemas.js";

/**
 * Block ids of the modal's inputs. Gates and duration depend on the path, so theirs change with it: Slack keeps what is
 * in an input only as long as its block id stays.
 */
export function fieldBlock(field: DeclareField, path: string): string {
  return field === "gates" || field === "duration" ? `${field}:${path}` : field;
}

/** The block of a field in a modal as it was sent. */
export function blockOf(view: Pick<SentView, "inputs">, field: DeclareField): string | undefined {
  return view.inputs.find((block) => block === field || block.startsWith(`${field}:`));
}

/** What stands in a field; empty when it holds nothing or is not there. */
export function typedIn(view: Pick<SentView, "inputs" | "values">, field: DeclareField): readonly string[] {
  const block = blockOf(view, field);
  return block === undefined ? [] : (view.values.get(block) ?? []);
}
