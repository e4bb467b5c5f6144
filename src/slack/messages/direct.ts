import type { KnownBlock } from "@slack/types";
import type { DirectTopic } from "../../domain/bypass/effects.js";
import { dateToken } from "../block-kit/dates.js";
import { escapeMarkup, escapeTo } from "../block-kit/escape.js";
import { actionMessage } from "./action.js";
import { endingReason, whyItEnded } from "./alert.js";
import { type ButtonName, buttons } from "./buttons.js";
import { callsNobody, WAKES_NOBODY } from "./calling.js";
import { aloneFrom, lapsesAt, type MessageBody, nameOf, type Scene } from "./context.js";
import { drillMark } from "./drill.js";
import { acks, howItStands, noLongerActive, noLongerWaits, UNAPPROVED } from "./outcome.js";
import { drillLine, header, said, targetAndReason, trailLine, whoAndWhat } from "./parts.js";
import { inOneLine, note, reviewLine, roles, summary } from "./summary.js";
import { warningLine } from "./thread.js";

/** A direct message to `to` about a bypass, as it stands now; `version` is that of the entry that it is about. */
export function directMessage(scene: Scene, about: DirectTopic, to: string, version = 0): MessageBody {
  switch (about) {
    case "ask":
      return ask(scene);
    case "pending":
      return pending(scene);
    case "outcome":
      return outcome(scene, to);
    case "warning":
      return warning(scene);
    case "ended":
      return short(scene, `${howItStands(scene)} ${reviewLine(scene)}`, whyItEnded(scene));
    case "alert-failed":
      return alertFailed(scene);
    case "action":
      return actionMessage(scene, version);
    default:
      return about satisfies never;
  }
}

/** What the alert says, where the approver is. */
function ask(scene: Scene): MessageBody {
  const { status } = scene.record.state;
  const blocks: KnownBlock[] = [
    header(scene),
    ...drillLine(scene),
    whoAndWhat(scene),
    ...targetAndReason(scene),
    said(scene, "standing", `${howItStands(scene)}${unheard(scene)}${alertLink(scene)}`),
    ...whyItEnded(scene),
    ...(status === "requested" ? [buttons(scene, "approve", "deny")] : []),
    trailLine(scene),
  ];
  return { text: summary(scene), blocks };
}

/** Loud beats quiet: whoever decides must know when the channel does not. */
function unheard(scene: Scene): string {
  const { alert, channel } = scene.record.state;
  if (alert === null || !("failed" in alert)) return "";
  return ` *The channel ${escapeTo(channel, 90)} could NOT be told* (${escapeTo(alert.failed, 60)}); it is tried again.`;
}

/** To the requester: who is asked, until when, and the ways out. */
function pending(scene: Scene): MessageBody {
  if (scene.record.state.status !== "requested") {
    return short(scene, noLongerWaits(scene), []);
  }
  const from = aloneFrom(scene);
  const alone =
    from === null ? "" : ` Proceed Alone is possible from ${dateToken(from)} on; it is recorded as ${UNAPPROVED}.`;
  const asked = callsNobody(scene)
    ? `Can approve: ${roles(scene, 1500)}. ${WAKES_NOBODY}`
    : `Asked: ${roles(scene, 1500)}.`;
  const line = `*${nameOf(scene)} requested*: it waits for an ack until ${dateToken(lapsesAt(scene))}, then it lapses. ${acks(scene)} ${asked}${alone}`;
  const names: ButtonName[] = from === null ? ["withdraw"] : ["withdraw", "proceedAlone"];
  return short(scene, line, [buttons(scene, ...names)]);
}

/** How it was settled. An expiry and a revocation have a message of their own; a Close is told here alone. */
function outcome(scene: Scene, to: string): MessageBody {
  const { state } = scene.record;
  if (state.status === "expired" || state.status === "revoked") return short(scene, noLongerActive(scene), []);
  const mine = state.requester.user === to;
  const close = mine && state.status === "active" ? [buttons(scene, "close")] : [];
  const whatNow = mine && state.status === "active" ? " Close it as soon as you are done. " : " ";
  return short(scene, `${howItStands(scene)}${whatNow}${reviewLine(scene)}`, [...whyItEnded(scene), ...close]);
}

function warning(scene: Scene): MessageBody {
  const { state } = scene.record;
  const goOn = state.status === "active" || state.status === "expired" ? [buttons(scene, "again")] : [];
  const line = "grant" in state ? warningLine(scene, state.grant.endsAt) : howItStands(scene);
  return short(scene, line, goOn);
}

function alertFailed(scene: Scene): MessageBody {
  const { alert, channel } = scene.record.state;
  const code = alert !== null && "failed" in alert ? ` (Slack: ${escapeTo(alert.failed, 80)})` : "";
  const line = `*The alert of ${nameOf(scene)} could not be posted* in ${escapeTo(channel, 100)}${code}. The request is recorded${callsNobody(scene) ? "." : " and those who may approve are asked by direct message."} Tell the channel yourself. ${howItStands(scene)}`;
  return short(scene, line, []);
}

/** What it is about in one line, what is to be said, then the rest. */
function short(scene: Scene, line: string, more: readonly KnownBlock[]): MessageBody {
  return {
    text: note(`${drillMark(scene.record.state)}${line} ${inOneLine(scene)}`, endingReason(scene)),
    blocks: [
      ...drillLine(scene),
      said(scene, "line", `${line}${alertLink(scene)}`),
      whoAndWhat(scene),
      ...more,
      trailLine(scene),
    ],
  };
}

function alertLink(scene: Scene): string {
  return scene.alertLink === null ? "" : ` <${escapeMarkup(scene.alertLink).replaceAll("|", "%7C")}|Open the alert>`;
}
