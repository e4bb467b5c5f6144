import type { ModalView } from "@slack/types";
import type { Policy } from "../../domain/policy/policy.js";
import { VIEWS } from "../actions.js";
import { modal } from "../block-kit/blocks.js";
import { declareMetadata } from "./fields.js";
import { durationInput, gatesInput, incidentInput, pathInput, reasonInput, targetInput } from "./inputs.js";
import { follows, insteads, neverBypassed, rehearses, whenToUse, whoIsAsked } from "./notes.js";

/** The title of the form and its submit button; the label is a contract. */
export const FORM_TITLE = "Break Glass";
/** And for a rehearsal. */
export const DRILL_TITLE = "Start Drill";

/** What stands in the form when it opens. */
export interface Draft {
  readonly path: string;
  readonly gates: readonly string[];
  readonly target: string;
  readonly incident: string;
  readonly reason: string;
  /** `null`: as long as the path allows. */
  readonly duration: string | null;
  readonly again: number | null;
  /** A rehearsal: the same form, and it says so. */
  readonly drill: boolean;
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

/** The declare modal for one of the paths that are open to the person; `null` when the policy has no such path. */
export function declareView(policy: Policy, openPaths: readonly string[], draft: Draft): ModalView | null {
  const path = policy.paths[draft.path];
  if (path === undefined) return null;
  const single = openPaths.length === 1;
  const title = draft.drill ? DRILL_TITLE : FORM_TITLE;
  return modal({
    callbackId: VIEWS.declare,
    title,
    submit: title,
    metadata: declareMetadata.write({ path: single ? path.id : null, again: draft.again, drill: draft.drill }),
    blocks: [
      ...rehearses(draft.drill),
      ...follows(draft.again),
      ...whenToUse(path),
      ...(single ? [] : [pathInput(policy, openPaths, path)]),
      gatesInput(policy, path, draft.gates),
      ...insteads(policy, path),
      targetInput(draft.target),
      incidentInput(path, draft.incident, draft.drill),
      reasonInput(draft.reason),
      durationInput(path, draft.duration),
      whoIsAsked(policy, path),
      ...neverBypassed(policy),
    ],
  });
}
