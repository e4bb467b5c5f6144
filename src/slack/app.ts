import { App } from "@slack/bolt";
import type { WebClient } from "@slack/web-api";
import type { Route } from "../lib/route.js";
import type { Breakglass } from "../usecases/api.js";
import type { Charts, Log } from "../usecases/ports.js";
import { ACTIONS, VIEWS } from "./actions.js";
import { approves } from "./approve/approve.js";
import { actImmediately } from "./bypass/act.js";
import { DENY } from "./bypass/forms.js";
import { logByThread } from "./bypass/log.js";
import { PROCEED_ALONE } from "./bypass/proceed-alone.js";
import { REVOKE } from "./bypass/revoke.js";
import { routeCommand } from "./command/subcommands.js";
import { openAgain, openDeclareAtHome } from "./declare/open.js";
import { redrawForPath } from "./declare/redraw.js";
import { submitDeclaration } from "./declare/submit.js";
import { createPictures } from "./delivery/pictures.js";
import type { Workspace } from "./directory/shapes.js";
import { openSmallForm, submitSmallForm } from "./forms/small-form.js";
import { opensTypedModal, takesTypedModal } from "./forms/typed-modal.js";
import { GATE_CHANGED, GATE_RETIRED, opensGateForm, SNOOZE_GATE, takesGateForm } from "./gates/forms.js";
import { createHomes, type Homes } from "./home/home.js";
import type { HandlerContext } from "./interactions/context.js";
import { createEphemeralReply } from "./interactions/ephemeral-reply.js";
import { createFallbacks } from "./interactions/fallbacks.js";
import { type Handlers, registerHandlers } from "./interactions/handlers.js";
import { createModalClient } from "./interactions/modal-client.js";
import { ADD_VIEW, DROP_ACTION, finishAction, SNOOZE_ACTION, SNOOZE_REVIEW } from "./review/forms.js";
import { addActionRow, openReviewForm, saveDraft, submitReview } from "./review/write.js";
import { boltLogger } from "./transport/bolt-logger.js";
import { type Mode, SlackReceiver } from "./transport/receiver.js";

/** Half a second short of what Slack waits for, which is how long the way back may take. */
const ANSWER_WITHIN_MS = 2_500;

export interface SlackAppOptions {
  readonly breakglass: Breakglass;
  /** For modals and ephemeral messages: no retry, and a timeout of two seconds. */
  readonly web: WebClient;
  readonly mode: Mode;
  /** Base such as `http://127.0.0.1:4991/api/`; Slack's own when it is left out. */
  readonly apiUrl?: string;
  /** The workspace of the bot; `null` while Slack cannot be asked. */
  readonly home: () => Promise<Workspace | null>;
  readonly log: Log;
  /** Draws the pictures of readings. */
  readonly charts: Charts;
  /** What the HTTP server answers beside Slack, in both modes. */
  readonly routes: readonly Route[];
  /** Milliseconds since 1970, by this machine's clock. */
  readonly now: () => number;
  /** An account has changed at Slack: what was read about it is out of date. */
  readonly onAccountChanged?: (user: string) => void;
  /** Milliseconds after which Slack gets an answer, whatever the listener does. Default 2500; Slack waits for 3000. */
  readonly answerWithinMs?: number;
}

export interface SlackApp {
  /** Opens the port. Does not ask Slack for anything: it starts, and stays up, while Slack is away. */
  start(where: { readonly port: number; readonly host: string }): Promise<{ readonly port: number }>;
  /**
   * Takes nothing more in, lets the listeners at work finish for at most `deadlineMs`, then closes.
   * @returns how many were left unfinished
   */
  stop(deadlineMs: number): Promise<number>;
  /** Something was recorded: whoever looks at the App Home is shown it soon. Returns at once. */
  changed(): void;
  /** All that is listened to, by id. */
  readonly handlers: Handlers;
}

/** The incoming half of Slack. */
export function createSlackApp(options: SlackAppOptions): SlackApp {
  const { breakglass, web, apiUrl, home, log } = options;
  const replyEphemerally = createEphemeralReply(web, apiUrl, log);
  const modals = createModalClient(web, log);
  const receiver = new SlackReceiver({
    mode: options.mode,
    apiUrl,
    routes: options.routes,
    deadlineMs: options.answerWithinMs ?? ANSWER_WITHIN_MS,
    fallbacks: createFallbacks(replyEphemerally, log),
    now: options.now,
    log,
  });
  const app = new App({
    receiver,
    // With `token`, Bolt asks Slack who it is and raises an unhandled rejection when Slack is away.
    authorize: async () => ({}),
    // Our own messages are told by their `bot_id`, without asking Slack who we are.
    ignoreSelf: false,
    convoStore: false,
    logger: boltLogger(log),
    clientOptions: { retryConfig: { retries: 0 }, ...(apiUrl === undefined ? {} : { slackApiUrl: apiUrl }) },
  });
  // Faults go to the receiver, which knows what Slack and the person still wait for.
  app.error((fault) => Promise.reject(fault));
  const homes = createHomes((user, view) => web.views.publish({ user_id: user, view }), breakglass, log);
  const handlers = allHandlers(
    { breakglass, modals, home, pictures: createPictures(web, options.charts, log) },
    homes,
    options.onAccountChanged ?? (() => {}),
  );
  registerHandlers(app, handlers, { replyEphemerally, modals });
  return {
    start: (where) => receiver.start(where),
    stop: (deadlineMs) => {
      homes.stop();
      return receiver.stop(deadlineMs);
    },
    changed: () => homes.changed(),
    handlers,
  };
}

function allHandlers(context: HandlerContext, homes: Homes, forget: (user: string) => void): Handlers {
  return {
    command: routeCommand(context),
    actions: {
      [ACTIONS.approve]: approves(context),
      [ACTIONS.deny]: opensTypedModal(context, DENY),
      [ACTIONS.withdraw]: actImmediately(context, { type: "withdraw" }),
      [ACTIONS.proceedAlone]: opensTypedModal(context, PROCEED_ALONE),
      [ACTIONS.close]: actImmediately(context, { type: "close" }),
      [ACTIONS.revoke]: opensTypedModal(context, REVOKE),
      [ACTIONS.again]: openAgain(context),
      [ACTIONS.writeReview]: openReviewForm(context),
      [ACTIONS.amendReview]: openReviewForm(context),
      [ACTIONS.addView]: openSmallForm(context, ADD_VIEW),
      [ACTIONS.snoozeReview]: openSmallForm(context, SNOOZE_REVIEW),
      [ACTIONS.keepDraft]: saveDraft(context),
      [ACTIONS.moreActions]: addActionRow(context),
      [ACTIONS.actionDone]: finishAction(context),
      [ACTIONS.actionDrop]: openSmallForm(context, DROP_ACTION),
      [ACTIONS.snoozeAction]: openSmallForm(context, SNOOZE_ACTION),
      [ACTIONS.gateChanged]: opensGateForm(context, GATE_CHANGED),
      [ACTIONS.gateRetired]: opensGateForm(context, GATE_RETIRED),
      [ACTIONS.snoozeGate]: opensGateForm(context, SNOOZE_GATE),
      [ACTIONS.homeDeclare]: openDeclareAtHome(context, false),
      [ACTIONS.homeDrill]: openDeclareAtHome(context, true),
      [ACTIONS.declarePath]: redrawForPath(context),
      [ACTIONS.link]: async (_press, reply) => reply.done(),
    },
    views: {
      [VIEWS.declare]: submitDeclaration(context),
      [VIEWS.deny]: takesTypedModal(context, DENY),
      [VIEWS.revoke]: takesTypedModal(context, REVOKE),
      [VIEWS.proceedAlone]: takesTypedModal(context, PROCEED_ALONE),
      [VIEWS.review]: submitReview(context),
      [VIEWS.view]: submitSmallForm(context, ADD_VIEW),
      [VIEWS.snoozeReview]: submitSmallForm(context, SNOOZE_REVIEW),
      [VIEWS.actionDrop]: submitSmallForm(context, DROP_ACTION),
      [VIEWS.snoozeAction]: submitSmallForm(context, SNOOZE_ACTION),
      [VIEWS.gateChanged]: takesGateForm(context, GATE_CHANGED),
      [VIEWS.gateRetired]: takesGateForm(context, GATE_RETIRED),
      [VIEWS.snoozeGate]: takesGateForm(context, SNOOZE_GATE),
    },
    events: {
      message: logByThread(context),
      app_home_opened: (user) => homes.opened(user),
      user_change: async (user) => forget(user),
    },
  };
}
