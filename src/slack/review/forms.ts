import { bypassName } from "../../domain/bypass/number.js";
import { parseButtonValue, VIEWS } from "../actions.js";
import { refusalSentence } from "../bypass/act.js";
import { forBypass } from "../bypass/button.js";
import { actionOf, type SmallForm } from "../forms/small-form.js";
import type { HandlerContext } from "../interactions/context.js";
import type { BlockActionHandler } from "../interactions/handlers.js";

const REASON = { label: "Reason", hint: "One sentence; it goes on record with your name." } as const;

/** How the requester saw it. */
export const ADD_VIEW: SmallForm = {
  callbackId: VIEWS.view,
  action: "add_view",
  title: "Add My View",
  submit: "Add",
  says: (review) =>
    `Tell how you saw it. Somebody else writes *${review}*; your view stands in the thread and in the trail.`,
  label: "My View",
  hint: "About the event and the gates, never about a person.",
  withDay: false,
  make: ({ text }) => ({ type: "add_view", line: text }),
};

export const SNOOZE_REVIEW: SmallForm = {
  callbackId: VIEWS.snoozeReview,
  action: "snooze_review",
  title: "Put Off Review",
  submit: "Put Off",
  says: (review) => `Nobody is reminded of *${review}* until that day.`,
  ...REASON,
  withDay: true,
  make: ({ text, day }) => ({ type: "snooze_review", until: day, reason: text }),
};

export const SNOOZE_ACTION: SmallForm = {
  callbackId: VIEWS.snoozeAction,
  action: "snooze_action",
  title: "Put Off Action",
  submit: "Put Off",
  says: (review) => `Nobody is reminded of this action from *${review}* until that day.`,
  ...REASON,
  withDay: true,
  make: ({ text, day, which }) => ({ type: "snooze_action", action: which, until: day, reason: text }),
};

export const DROP_ACTION: SmallForm = {
  callbackId: VIEWS.actionDrop,
  action: "end_action",
  title: "Drop Action",
  submit: "Drop",
  says: (review) => `This action from *${review}* will not be done.`,
  ...REASON,
  withDay: false,
  make: ({ text, which }) => ({ type: "end_action", action: which, outcome: "dropped", reason: text }),
};

/** Done: at once, without a form. */
export function finishAction({ breakglass }: HandlerContext): BlockActionHandler {
  return forBypass(async (n, click, reply) => {
    const version = parseButtonValue(click.value ?? "")?.version ?? 0;
    const shown = await breakglass.show({ user: click.user }, n);
    const action = shown.ok ? actionOf(shown.seen.record.state, version) : 0;
    const done = { type: "end_action", action, outcome: "done", reason: "" } as const;
    const answer = await breakglass.review({ user: click.user }, n, done, click.commandId);
    if (!answer.ok) return reply.tell({ text: refusalSentence(breakglass, n, "end_action", answer) });
    if (!click.onEphemeral) return reply.done();
    await reply.tell({ text: `Done: the action of ${bypassName(n)} is over.` });
  });
}
