import { BUTTONS, type ClickEffect, type FormName, VIEWS } from "./actions.js";
import { actImmediately } from "./bypass/act.js";
import { DENY, PROCEED_ALONE, REVOKE } from "./bypass/forms.js";
import { logByThread } from "./bypass/log.js";
import { routeCommand } from "./command.js";
import { openAgain, openDeclareAtHome, rerenderForPath } from "./declare/open.js";
import { submitDeclaration } from "./declare/submit.js";
import type { SmallForm } from "./forms/small-form.js";
import { GATE_CHANGED, GATE_RETIRED, PUT_OFF_GATE } from "./gates/forms.js";
import type { Homes } from "./home/home.js";
import type { BlockActionHandler, HandlerContext, Handlers } from "./interactions/register.js";
import { ADD_VIEW, DROP_ACTION, endAction, PUT_OFF_ACTION, PUT_OFF_REVIEW } from "./review/small-forms.js";
import { addActionRow, openReviewForm, saveDraft, submitReview } from "./review/write.js";

/** The definition of each small form in the table of actions. A missing one does not compile. */
const FORMS: Readonly<Record<FormName, SmallForm>> = {
  deny: DENY,
  revoke: REVOKE,
  proceedAlone: PROCEED_ALONE,
  addView: ADD_VIEW,
  putOffReview: PUT_OFF_REVIEW,
  dropAction: DROP_ACTION,
  putOffAction: PUT_OFF_ACTION,
  gateChanged: GATE_CHANGED,
  gateRetired: GATE_RETIRED,
  putOffGate: PUT_OFF_GATE,
};

type RunName = Extract<ClickEffect, { run: unknown }>["run"];

/** Builds all handlers from the table of actions. An entry of the table without a handler does not compile. */
export function createHandlers(
  context: HandlerContext,
  { homes, onAccountChanged }: { readonly homes: Homes; readonly onAccountChanged: (user: string) => void },
): Handlers {
  const runs: Readonly<Record<RunName, BlockActionHandler>> = {
    declare: openDeclareAtHome(context, false),
    declareDrill: openDeclareAtHome(context, true),
    declareAgain: openAgain(context),
    rerenderDeclare: rerenderForPath(context),
    writeReview: openReviewForm(context),
    saveDraft: saveDraft(context),
    addReviewAction: addActionRow(context),
    endAction: endAction(context),
    nothing: async (_click, reply) => reply.done(),
  };
  const onClick = (does: ClickEffect): BlockActionHandler => {
    if ("act" in does) return actImmediately(context, { type: does.act });
    return "form" in does ? FORMS[does.form].open(context) : runs[does.run];
  };
  return {
    command: routeCommand(context),
    actions: Object.fromEntries(Object.values(BUTTONS).map(({ id, does }) => [id, onClick(does)])),
    views: {
      [VIEWS.declare]: submitDeclaration(context),
      [VIEWS.review]: submitReview(context),
      ...Object.fromEntries(Object.values(FORMS).map((form) => [form.view, form.submit(context)])),
    },
    events: {
      message: logByThread(context),
      message_deleted: (channel, ts) => context.breakglass.messageDeleted(channel, ts),
      app_home_opened: (user) => homes.opened(user),
      user_change: async (user) => onAccountChanged(user),
    },
  };
}
