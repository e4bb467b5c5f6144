import type { App } from "@slack/bolt";
import type { CommandOrigin } from "../../domain/events/origin.js";
import type { Precedence } from "../../lib/precedence.js";
import type { Breakglass } from "../../usecases/api.js";
import { COMMAND } from "../actions.js";
import type { Pictures } from "../delivery/pictures.js";
import type { Workspace } from "../directory/workspace.js";
import { AckOnce } from "../transport/ack.js";
import { RequestOrigin } from "../transport/request-origin.js";
import type { EphemeralReply } from "./ephemeral-reply.js";
import type { Questions } from "./lookup-allowance.js";
import type { ModalClient } from "./modal-client.js";
import {
  type BlockAction,
  type Delivered,
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
  readonly questions: Questions;
  /** Whoever acts goes before whoever only looks. */
  readonly precedence: Precedence;
  /** The bot's workspace, for links to messages; `null` while Slack is unreachable. */
  readonly home: () => Promise<Workspace | null>;
}

export type SlashCommandHandler = (command: Delivered<SlashCommand>, reply: Reply) => Promise<void>;
export type BlockActionHandler = (click: Delivered<BlockAction>, reply: Reply) => Promise<void>;
export type SubmissionHandler = (submission: Delivered<Submission>, reply: ModalReply) => Promise<void>;

/** All handlers of the bot. */
export interface Handlers {
  readonly command: SlashCommandHandler;
  /** By `action_id`. */
  readonly actions: Readonly<Record<string, BlockActionHandler>>;
  /** By `callback_id`. */
  readonly views: Readonly<Record<string, SubmissionHandler>>;
  readonly events: {
    readonly message: (message: Delivered<ThreadReply>, replyEphemerally: EphemeralReply) => Promise<void>;
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
    precedence,
    commandFrom,
  }: {
    readonly replyEphemerally: EphemeralReply;
    readonly precedence: Precedence;
    readonly modals: ModalClient;
    readonly commandFrom: (teamId: string) => void;
  },
): void {
  app.command(COMMAND, async ({ body, context }) => {
    const command = { ...parseSlashCommand(body), origin: originOf(body, context) };
    const { user, team, channel, responseUrl } = command;
    if (team !== null) commandFrom(team);
    const recipient = { user, channel, threadTs: null, responseUrl };
    await handlers.command(command, slashCommandReply(ackOf(context), replyEphemerally, recipient));
  });
  for (const [id, handle] of Object.entries(handlers.actions)) {
    app.action(id, async ({ body, context }) => {
      const click = { ...parseBlockAction(body), origin: originOf(body, context) };
      await precedence.first(() => handle(click, blockActionReply(ackOf(context), replyEphemerally, click)));
    });
  }
  for (const [id, handle] of Object.entries(handlers.views)) {
    app.view(id, async ({ body, context }) => {
      const submission = { ...parseSubmission(body), origin: originOf(body, context) };
      const reply = modalReply(ackOf(context), modals, submission.view, "Breakglass");
      await precedence.first(() => handle(submission, reply));
    });
  }
  app.event("message", async ({ body, context }) => {
    const deleted = parseMessageDeleted(body);
    if (deleted !== null) return handlers.events.message_deleted(deleted.channel, deleted.ts);
    const message = parseThreadReply(body);
    if (message === null) return;
    await handlers.events.message({ ...message, origin: originOf(body, context) }, replyEphemerally);
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

/** Where this request came from, which the dispatcher puts into the context. */
function originOf(body: object, { origin }: Readonly<Record<string, unknown>>): CommandOrigin {
  if (!(origin instanceof RequestOrigin)) throw new Error("a listener ran outside the dispatcher");
  return origin.of({ ...body });
}

/** The acknowledgement of this request, which the dispatcher puts into the context. */
function ackOf(context: Readonly<Record<string, unknown>>): AckOnce {
  const { ack } = context;
  if (!(ack instanceof AckOnce)) throw new Error("a listener ran outside the dispatcher");
  return ack;
}
