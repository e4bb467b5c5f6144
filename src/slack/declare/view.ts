import type { ModalView } from "@slack/types";
import type { Policy } from "../../domain/policy/policy.js";
import type { CarriedBypass } from "../../usecases/ports/bypass-ref.js";
import { VIEWS } from "../actions.js";
import { modal } from "../block-kit/blocks.js";
import type { SentView } from "../interactions/payload-schemas.js";
import { blockOf, type DeclareMetadata, declareMetadata, fieldChoices, fieldValue } from "./fields.js";
import { durationInput, gatesInput, incidentInput, pathInput, reasonInput, targetInput } from "./inputs.js";
import { drillNote, followsNote, insteadNote, neverBypassed, whenToUse, whoIsAsked } from "./notes.js";

/** The title of the form and the label of its submit button. The label is a contract. */
export const FORM_TITLE = "Break Glass";
/** The same for a drill. */
export const DRILL_TITLE = "Start Drill";

/** The initial values of the form. */
export interface Draft {
  readonly path: string;
  readonly gates: readonly string[];
  readonly target: string;
  readonly incident: string;
  readonly reason: string;
  /** `null` for the longest that the path allows. */
  readonly duration: string | null;
  readonly again: CarriedBypass | null;
  /** True for a rehearsal: the same form, marked as a drill. */
  readonly drill: boolean;
  /** The texts that the person was asked about. */
  readonly askedAbout?: readonly string[];
}

export const emptyDraft = (path: string, drill = false): Draft => ({
  drill,
  path,
  gates: [],
  target: "",
  incident: "",
  reason: "",
  duration: null,
  again: null,
});

/** The declare form for one of the paths open to the person; `null` when the policy has no such path. */
export function declareView(policy: Policy, openPaths: readonly string[], draft: Draft): ModalView | null {
  const path = policy.paths[draft.path];
  if (path === undefined) return null;
  const single = openPaths.length === 1;
  const title = draft.drill ? DRILL_TITLE : FORM_TITLE;
  return modal({
    callbackId: VIEWS.declare,
    title,
    submit: title,
    metadata: declareMetadata.write({
      path: single ? path.id : null,
      again: draft.again,
      drill: draft.drill,
      askedAbout: draft.askedAbout ?? [],
    }),
    blocks: [
      ...drillNote(draft.drill),
      ...followsNote(draft.again?.n ?? null),
      ...whenToUse(path),
      ...(single ? [] : [pathInput(policy, openPaths, path)]),
      gatesInput(policy, path, draft.gates),
      ...insteadNote(policy, path),
      targetInput(path, draft.target),
      incidentInput(path, draft.incident, draft.drill),
      reasonInput(draft.reason),
      durationInput(path, draft.duration),
      whoIsAsked(policy, path),
      ...neverBypassed(policy),
    ],
  });
}

/** What a person has filled in so far, for that path. */
export const draftIn = (view: SentView, metadata: DeclareMetadata, path: string): Draft => ({
  path,
  gates: fieldChoices(view, "gates"),
  target: fieldValue(view, "target") ?? "",
  incident: fieldValue(view, "incident") ?? "",
  reason: fieldValue(view, "reason") ?? "",
  duration: fieldValue(view, "duration"),
  again: metadata.again,
  drill: metadata.drill,
  askedAbout: metadata.askedAbout,
});

/** The submitted form with the paths that it offered; `null` when the policy does not have its path any more. */
export function renderAgain(policy: Policy, view: SentView, metadata: DeclareMetadata, path: string): ModalView | null {
  const offered = (view.offers.get(blockOf(view, "path") ?? "") ?? []).filter((id) => policy.paths[id] !== undefined);
  // A form without the menu has a single path.
  return declareView(policy, metadata.path === null ? offered : [metadata.path], draftIn(view, metadata, path));
}
