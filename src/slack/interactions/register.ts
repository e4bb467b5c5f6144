import type { App } from "@slack/bolt";
import type { Breakglass } from "../../usecases/api.js";
import { COMMAND } from "../actions.js";
import type { Pictures } from "../delivery/pictures.js";
import type { Workspace } from "../directory/workspace.js";
import { AckOnce } from "../transport/ack.js";
import type { EphemeralReply } from "./ephemeral-reply.js";
import type { ModalClient } from "./modal-client.js";
import {
  type BlockAction,
  parseBlockAction,
  parseHomeOpened,
  parseMessageDeleted,
  parseSlashCommand,
  parseSubmission,
  parseThreadReply,
  parseUserChange,
  type SlashCommand,
  type Submission,
  type ThreadReply,
} from "./payloads.js";
import { blockActionReply, type ModalReply, modalReply, type Reply, slashCommandReply } from "./replies.js";

/** What every handler needs. */
export interface HandlerContext {
  readonly breakglass: Breakglass;
  readonly modals: ModalClient;
  readonly pictures: Pictures;
  /** The bot's workspace, for links to messages; `null` while Slack is unreachable. */
  readonly home: () => Promise<Workspace | null>;
}

export type SlashCommandHandler = (command: SlashCommand, reply: Reply) => Promise<void>;
export type BlockActionHandler = (click: BlockAction, reply: Reply) => Promise<void>;
export type SubmissionHandler = (submission: Submission, reply: ModalReply) => Promise<void>;

/** All handlers of the bot. */
export interface Handlers {
  readonly command: SlashCommandHandler;
  /** By `action_id`. */
  readonly actions: Readonly<Record<string, BlockActionHandler>>;
  /** By `callback_id`. */
  readonly views: Readonly<Record<string, SubmissionHandler>>;
  readonly events: {
    readonly message: (message: ThreadReply, replyEphemerally: EphemeralReply) => Promise<void>;
    readonly message_deleted: (channel: string, ts: string) => Promise<void>;
    readonly app_home_opened: (user: string) => Promise<void>;
    readonly user_change: (user: string) => Promise<void>;
  };
}

/** Registers the handlers with Bolt. Each gets a parsed payload. What it throws goes to Bolt's error handler. */
export function registerHandlers(
  app: App,
  handlers: Handlers,
  {
    replyEphemerally,
    modals,
    commandFrom,
  }: {
    readonly replyEphemerally: EphemeralReply;
    readonly modals: ModalClient;
    readonly commandFrom: (teamId: string) => void;
  },
): void {
  app.command(COMMAND, async ({ body, context }) => {
    const command = parseSlashCommand(body);
    const { user, team, channel, responseUrl } = command;
    if (team !== null) commandFrom(team);
    const recipient = { user, channel, threadTs: null, responseUrl };
    await handlers.command(command, slashCommandReply(ackOf(context), replyEphemerally, recipient));
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
    const deleted = parseMessageDeleted(body);
    if (deleted !== null) return handlers.events.message_deleted(deleted.channel, deleted.ts);
    const message = parseThreadReply(body);
    if (message !== null) await handlers.events.message(message, replyEphemerally);
  });
  app.event("app_home_opened", async ({ body }) => {
    const user = parseHomeOpened(body);
    if (user !== null) await handlers.events.app_home_opened(user);
  });
  app.event("user_change", async ({ body }) => {
    const user = parseUserChange(body);
    if (user !== null) await handlers.events.user_change(user);
  });
  // The dispatcher acknowledges an event when its listener returns, and requests redelivery when it throws.
}

/** The acknowledgement of this request, which the dispatcher puts into the context. */
function ackOf(context: Readonly<Record<string, unknown>>): AckOnce {
  const { ack } = context;
  if (!(ack instanceof AckOnce)) throw new Error("a listener ran outside the dispatcher");
  return ack;
}
