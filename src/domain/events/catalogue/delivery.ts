import { defineEvent } from "./define.js";
import { oneOf, orNull, role, strings, text, whole } from "./fields.js";

/** What an external pager is notified of: somebody is needed, somebody has answered, it is over. */
export const PAGER_ACTIONS = ["trigger", "acknowledge", "resolve"] as const;
/** One of {@link PAGER_ACTIONS}. */
export type PagerAction = (typeof PAGER_ACTIONS)[number];

const step = orNull(whole("The step of the escalation, from 0."), "nobody is paged by it");
const via = text("What carried it: `slack`, or the name of an external pager.");
const code = text("Why it failed, as a code.");

/** Events about the delivery of a bypass's alert and pages. */
export const deliveryEvents = [
  defineEvent({
    type: "alert.posted",
    stream: "bypass",
    actor: "system",
    meaning: "The alert stands in its channel.",
    fields: { channel: text("The id of the channel."), ts: text("Slack's id of the message in that channel.") },
  }),
  defineEvent({
    type: "alert.failed",
    stream: "bypass",
    actor: "system",
    meaning: "The alert could not be posted.",
    fields: { code },
  }),
  defineEvent({
    type: "alert.lost",
    stream: "bypass",
    actor: "system",
    meaning: "The message of the alert is gone from its channel, because somebody deleted it. It is posted anew.",
    fields: { channel: text("The id of the channel."), ts: text("Slack's id of the message that is gone.") },
  }),
  defineEvent({
    type: "page.addressed",
    stream: "bypass",
    actor: "system",
    meaning: "The holders of a role were found, and as many as the path asks at once get a direct message.",
    fields: {
      purpose: oneOf(["page", "ask"], "A page is a step of the escalation; those who are only asked are not paged."),
      role,
      step,
      users: strings(
        "The Slack user ids that get a message from this one; whoever was asked before is not asked again.",
      ),
      others: whole("How many more accounts hold the role; the mention of their user group in the alert asks them."),
    },
  }),
  defineEvent({
    type: "page.sent",
    stream: "bypass",
    actor: "system",
    meaning: "A page reached an account.",
    fields: { step, user: text("The Slack user id."), via },
  }),
  defineEvent({
    type: "page.failed",
    stream: "bypass",
    actor: "system",
    meaning: "A page has not reached whom it was meant for. It is tried on while it can be of use.",
    fields: {
      step,
      user: orNull(text("The Slack user id."), "the whole role could not be reached"),
      role: orNull(role, "it was meant for one account"),
      via,
      code,
    },
  }),
  defineEvent({
    type: "pager.notified",
    stream: "bypass",
    actor: "system",
    meaning: "An external pager took what it was told.",
    fields: { action: oneOf(PAGER_ACTIONS, "What it was told. Only a `trigger` belongs to a step."), step, via },
  }),
] as const;
