import type { App } from "@slack/bolt";
import { type ACTIONS, COMMAND, type VIEWS } from "../actions.js";
import { Answering } from "../transport/ack.js";
import { pressReply, type Reply, slashReply, type Whisper } from "./ephemeral-reply.js";
import type { Screen } from "./modal-client.js";
import {
  type Press,
  parseHomeOpened,
  parsePress,
  parseSlash,
  parseSubmission,
  parseThreadReply,
  parseUserChange,
  type Slash,
  type Submission,
  type ThreadReply,
} from "./payloads.js";
import { type ModalReply, modalReply } from "./replies.js";

export type ActionId = (typeof ACTIONS)[keyof typeof ACTIONS];
export type ViewId = (typeof VIEWS)[keyof typeof VIEWS];

export type SlashHandler = (slash: Slash, reply: Reply) => Promise<void>;
export type PressHandler = (press: Press, reply: Reply) => Promise<void>;
export type SubmissionHandler = (submission: Submission, reply: ModalReply) => Promise<void>;

/** Everything that the bot listens to. An id of ids.ts without a handler does not compile. */
export interface Handlers {
  readonly command: SlashHandler;
  readonly actions: Readonly<Record<ActionId, PressHandler>>;
  readonly views: Readonly<Record<ViewId, SubmissionHandler>>;
  readonly events: {
    /** `whisper` tells the person in the thread, ephemerally. */
    readonly message: (reply: ThreadReply, whisper: Whisper) => Promise<void>;
    readonly app_home_opened: (user: string) => Promise<void>;
    readonly user_change: (user: string) => Promise<void>;
  };
}

/** Registers the handlers with Bolt; each gets its payload parsed, and a fault of one is Bolt's error handler's affair. */
export function registerHandlers(app: App, handlers: Handlers, tools: { whisper: Whisper; screen: Screen }): void {
  const { whisper, screen } = tools;
  app.command(COMMAND, async ({ body, context }) => {
    const slash = parseSlash(body);
    const place = { user: slash.user, channel: slash.channel, threadTs: null, responseUrl: slash.responseUrl };
    await handlers.command(slash, slashReply(answeringOf(context), whisper, place));
  });
  for (const [id, handle] of Object.entries(handlers.actions)) {
    app.action(id, async ({ body, context }) => {
      const press = parsePress(body);
      await handle(press, pressReply(answeringOf(context), whisper, press));
    });
  }
  for (const [id, handle] of Object.entries(handlers.views)) {
    app.view(id, async ({ body, context }) => {
      const submission = parseSubmission(body);
      await handle(submission, modalReply(answeringOf(context), screen, submission.view, "Breakglass"));
    });
  }
  app.event("message", async ({ body }) => {
    const reply = parseThreadReply(body);
    if (reply !== null) await handlers.events.message(reply, whisper);
  });
  app.event("app_home_opened", async ({ body }) => {
    const user = parseHomeOpened(body);
    if (user !== null) await handlers.events.app_home_opened(user);
  });
  app.event("user_change", async ({ body }) => {
    const user = parseUserChange(body);
    if (user !== null) await handlers.events.user_change(user);
  });
  // Events that nobody subscribed to, and those that are done, are taken; a fault has thrown before this.
}

/** The answer that this request waits for; the intake puts it there. */
function answeringOf(context: Readonly<Record<string, unknown>>): Answering {
  const { answering } = context;
  if (!(answering instanceof Answering)) throw new Error("a listener ran outside the intake");
  return answering;
}
