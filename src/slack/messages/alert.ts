import type { KnownBlock } from "@slack/types";
import { MAX_TEXT } from "../../domain/bypass/decide/texts.js";
import { duration } from "../block-kit/dates.js";
import { quote, rich, section, words } from "../block-kit/rich-text.js";
import { buttons } from "./buttons.js";
import { callsNobody, WAKES_NOBODY } from "./calling.js";
import { blockId, entryOf, type MessageBody, reasonOf, type Scene, type Shown } from "./context.js";
import { howItStands } from "./outcome.js";
import {
  drillLine,
  fields,
  freeText,
  header,
  pageFailures,
  said,
  targetAndReason,
  trailLine,
  whoAndWhat,
} from "./parts.js";
import { roles, summary } from "./summary.js";

/** The loud message in the channel, as the bypass stands now. */
export function alertMessage(scene: Scene): MessageBody {
  const blocks: KnownBlock[] = [
    header(scene),
    ...drillLine(scene),
    whoAndWhat(scene),
    ...targetAndReason(scene),
    said(scene, "standing", howItStands(scene)),
    ...whyItEnded(scene),
    ...canApprove(scene),
    ...pageFailures(scene),
    ...actions(scene),
    fields(scene),
    trailLine(scene),
  ];
  return { text: summary(scene), blocks };
}

/** Those who may ack, mentioned; once it is settled nobody needs to be called again. */
function canApprove(scene: Scene): KnownBlock[] {
  const { state } = scene.record;
  if (state.status !== "requested") return [];
  const again = callsNobody(scene) ? WAKES_NOBODY : `Asked again every ${duration(state.ack.remindEverySeconds)}.`;
  return [said(scene, "approvers", `*Can approve:* ${roles(scene, 2800)}. ${again}`)];
}

/** The reason of a denial or revocation, quoted. */
export function whyItEnded(scene: Scene): KnownBlock[] {
  const reason = endingReason(scene);
  if (reason === null || reason.kind === "withheld") return [];
  return [rich(blockId(scene, "why"), section(words("Why", { bold: true })), quote(freeText(reason, MAX_TEXT)))];
}

/** The reason that a person gave when they denied or revoked it, if one did. */
export function endingReason(scene: Scene): Shown | null {
  const entry = entryOf(scene, "bypass.denied") ?? entryOf(scene, "bypass.revoked");
  return entry === undefined ? null : reasonOf(scene, entry);
}

/** Once a bypass is over, its review is what is left to do. */
function reviewButtons(scene: Scene): KnownBlock[] {
  const { state } = scene.record;
  if (!("endedAt" in state)) return [];
  const status = state.review?.status;
  if (status === "open") return [buttons(scene, "writeReview", "addView")];
  return status === "submitted" ? [buttons(scene, "amendReview", "addView")] : [];
}

function actions(scene: Scene): KnownBlock[] {
  const { status } = scene.record.state;
  if (status === "requested") return [buttons(scene, "approve", "deny")];
  return status === "active" ? [buttons(scene, "close", "revoke")] : reviewButtons(scene);
}
