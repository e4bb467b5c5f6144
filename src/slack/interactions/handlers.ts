import type { App } from "@slack/bolt";
import { type ACTIONS, COMMAND, type VIEWS } from "../actions.js";
import { AckOnce } from "../transport/ack.js";
import { blockActionReply, type EphemeralReply, type Reply, slashCommandReply } from "./ephemeral-reply.js";
import type { ModalClient } from "./modal-client.js";
import {
  type BlockAction,
  parseBlockAction,
  parseHomeOpened,
  parseSlashCommand,
  parseSubmission,
  parseThreadReply,
  parseUserChange,
  type SlashCommand,
  type Submission,
  type ThreadReply,
} from "./payloads.js";
import { type ModalReply, modalReply } from "./replies.js";

export type ActionId = (typeof ACTIONS)[keyof typeof ACTIONS];
export type ViewId = (typeof VIEWS)[keyof typeof VIEWS];

export type SlashCommandHandler = (command: SlashCommand, reply: Reply) => Promise<void>;
export type BlockActionHandler = (click: BlockAction, reply: Reply) => Promise<void>;
export type SubmissionHandler = (submission: Submission, reply: ModalReply) => Promise<void>;

/** Everything that the bot listens to. An id of ids.ts without a handler does not compile. */
export interface Handlers {
  readonly command: SlashCommandHandler;
  readonly actions: Readonly<Record<ActionId, BlockActionHandler>>;
  readonly views: Readonly<Record<ViewId, SubmissionHandler>>;
  readonly events: {
    /** `whisper` tells the person in the thread, ephemerally. */
    readonly message: (reply: ThreadReply, replyEphemerally: EphemeralReply) => Promise<void>;
    readonly app_home_opened: (user: string) => Promise<void>;
    readonly user_change: (user: string) => Promise<void>;
  };
}

/** Registers the handlers with Bolt; each gets its payload parsed, and a fault of one is Bolt's error handler's affair. */
export function registerHandlers(
  app: App,
  handlers: Handlers,
  context: { replyEphemerally: EphemeralReply; modals: ModalClient },
): void {
  const { replyEphemerally, modals } = context;
  app.command(COMMAND, async ({ body, context }) => {
    const command = parseSlashCommand(body);
    const place = { user: command.user, channel: command.channel, threadTs: null, responseUrl: command.responseUrl };
    await handlers.command(command, slashCommandReply(ackOf(context), replyEphemerally, place));
  });
  for (const [id, handle] of Object.entries(handlers.actions)) {
    app.action(id, async ({ body, context }) => {
      const click = parseBlockAction(body);
      await handle(click, blockActionReply(ackOf(context), replyEphemerally, click));
    });
  }
  for (const [id, handle] of Object.entries(handlers.views)) {
    app.view(id, async ({ body, context }) => {
      const submission = parseSubmission(body);
      await handle(submission, modalReply(ackOf(context), modals, submission.view, "Breakglass"));
    });
  }
  app.event("message", async ({ body }) => {
    const reply = parseThreadReply(body);
    if (reply !== null) await handlers.events.message(reply, replyEphemerally);
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
function ackOf(context: Readonly<Record<string, unknown>>): AckOnce {
  const { ack } = context;
  if (!(ack instanceof AckOnce)) throw new Error("a listener ran outside the intake");
  return ack;
}
