import type { ModalView } from "@slack/types";
import type { Policy } from "../../domain/policy/policy.js";
import { VIEWS } from "../actions.js";
import { durationInput, gatesInput, incidentInput, pathInput, reasonInput, targetInput, words } from "./inputs.js";
import { writeMetadata } from "./metadata.js";
import { follows, insteads, neverBypassed, rehearses, whenToUse, whoIsAsked } from "./notes.js";

/** What the modal is called, in each of its states, and what its button says. */
export const FORM_TITLE = "Break Glass";
/** And for a rehearsal. */
export const DRILL_TITLE = "Start Drill";

/** What stands in the modal when it is drawn. */
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
  return {
    type: "modal",
    callback_id: VIEWS.declare,
    private_metadata: writeMetadata({ path: single ? path.id : null, again: draft.again, drill: draft.drill }),
    title: words(draft.drill ? DRILL_TITLE : FORM_TITLE),
    submit: words(draft.drill ? DRILL_TITLE : FORM_TITLE),
    close: words("Cancel"),
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
  };
}
