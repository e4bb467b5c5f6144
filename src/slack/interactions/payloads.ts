import type { CommandOrigin } from "../../domain/events/origin.js";
import { blockActionId, eventId, slashCommandId, submissionId } from "./command-ids.js";
import {
  blockAction,
  event,
  homeOpened,
  messageDeleted,
  type SentView,
  slashCommand,
  submission,
  threadReply,
  userChange,
} from "./payload-schemas.js";

/** What was parsed of a request, with what proves where it came from. */
export type Delivered<Parsed> = Parsed & { readonly origin: CommandOrigin };

/** A slash command as typed. */
export interface SlashCommand {
  readonly user: string;
  /** The workspace that it was typed in; `null` when Slack does not say. */
  readonly team: string | null;
  readonly channel: string;
  readonly text: string;
  readonly triggerId: string;
  readonly responseUrl: string;
  readonly commandId: string;
}

/** A pressed button, or a choice in a menu. */
export interface BlockAction {
  readonly user: string;
  readonly channel: string | null;
  readonly threadTs: string | null;
  /** The value of the button or of the chosen option; `null` for links. */
  readonly value: string | null;
  readonly triggerId: string;
  readonly responseUrl: string | null;
  /** True on a message that only this person sees and that is never updated. */
  readonly onEphemeral: boolean;
  /** The modal that contains the button or menu; `null` outside a modal. */
  readonly view: SentView | null;
  readonly commandId: string;
}

/** A submitted modal. */
export interface Submission {
  readonly user: string;
  readonly view: SentView;
  readonly commandId: string;
}

/** A person's reply in a thread, of an alert or of anything else. */
export interface ThreadReply {
  readonly user: string;
  readonly channel: string;
  readonly threadTs: string;
  /** Who wrote the message that the thread belongs to; `null` when Slack does not say. */
  readonly parentUser: string | null;
  readonly text: string;
  readonly commandId: string;
}

/** Parses a slash command. Throws when the body is not one. */
export function parseSlashCommand(body: unknown): SlashCommand {
  const raw = slashCommand.parse(body);
  return {
    user: raw.user_id,
    team: raw.team_id ?? null,
    channel: raw.channel_id,
    text: raw.text,
    triggerId: raw.trigger_id,
    responseUrl: raw.response_url,
    commandId: slashCommandId(raw.trigger_id),
  };
}

/**
 * The thread that the clicked message is a reply in. Once a thread has replies, its first message has its own `ts` as
 * `thread_ts`. A person who clicks there is looking at the channel and would not see a reply in the thread.
 */
function threadOf({ container, message }: ReturnType<typeof blockAction.parse>): string | null {
  const thread = container?.thread_ts ?? message?.thread_ts ?? null;
  const clicked = container?.message_ts ?? message?.ts ?? null;
  return thread === clicked ? null : thread;
}

/** Parses a click on a button or a choice from a menu. Throws when the body is neither. */
export function parseBlockAction(body: unknown): BlockAction {
  const raw = blockAction.parse(body);
  const [action] = raw.actions;
  if (action === undefined) throw new Error("a click without an action");
  const value = action.selected_option?.value ?? action.value ?? null;
  const channel = raw.channel?.id ?? null;
  return {
    user: raw.user.id,
    channel,
    threadTs: threadOf(raw),
    value,
    triggerId: raw.trigger_id,
    responseUrl: raw.response_url ?? null,
    onEphemeral: raw.container?.is_ephemeral ?? false,
    view: raw.view ?? null,
    commandId: blockActionId({ user: raw.user.id, triggerId: raw.trigger_id }),
  };
}

/** Parses a submitted modal. Throws when the body is not one. */
export function parseSubmission(body: unknown): Submission {
  const raw = submission.parse(body);
  return {
    user: raw.user.id,
    view: raw.view,
    commandId: submissionId({ id: raw.view.id, team: raw.team, user: raw.user.id }),
  };
}

/** Parses a person's reply in a thread. Returns `null` for any other message event: a bot, an edit, a join, the top level. */
export function parseThreadReply(body: unknown): ThreadReply | null {
  const envelope = event.parse(body);
  const found = threadReply.safeParse(envelope.event);
  if (!found.success) return null;
  const { user, channel, thread_ts, parent_user_id, text } = found.data;
  const parentUser = parent_user_id ?? null;
  return { user, channel, threadTs: thread_ts, parentUser, text, commandId: eventId(envelope.event_id) };
}

/** The message that was deleted. Returns `null` for any other message event. */
export function parseMessageDeleted(body: unknown): { readonly channel: string; readonly ts: string } | null {
  const found = messageDeleted.safeParse(event.parse(body).event);
  return found.success ? { channel: found.data.channel, ts: found.data.deleted_ts } : null;
}

/** Longer than any subcommand; the rest of a word is not looked at. */
const WORD_MAX = 40;

/** The first word of a slash command as typed, the subcommand that it means, and what follows. */
export function splitSubcommand(text: string): {
  readonly first: string;
  readonly name: string;
  readonly rest: string;
  /** Whether the first word ends in an exclamation mark. */
  readonly asItIs: boolean;
} {
  const words = text.trim();
  const [first = ""] = words.split(/\s+/, 1);
  // `log: BG-42 …`, as in a thread, and the full stop that a keyboard adds.
  const name = first
    .slice(0, WORD_MAX)
    .toLowerCase()
    .replace(/[.,:;!]+$/, "");
  return { first, name, rest: words.slice(first.length).trim(), asItIs: first.endsWith("!") };
}

/** The user who opened the Home tab; `null` for the app's other tabs. */
export function parseHomeOpened(body: unknown): string | null {
  const found = homeOpened.safeParse(event.parse(body).event);
  return found.success ? found.data.user : null;
}

/** The account that has changed; `null` when its id is not that of a person. */
export function parseUserChange(body: unknown): string | null {
  const found = userChange.safeParse(event.parse(body).event);
  return found.success ? found.data.user.id : null;
}
