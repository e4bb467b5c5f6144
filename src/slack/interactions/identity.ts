import { createHash } from "node:crypto";

/**
 * Command ids: a second delivery of the same request has the same one and changes nothing. Each is a hash of at most 72
 * characters and carries no id of Slack's.
 */

/** One submission of a modal. A view returned with errors keeps its id; the refused attempt changed nothing. */
export function submissionId(view: {
  readonly id: string;
  readonly team: string | null;
  readonly user: string;
}): string {
  return named("view", [view.id, view.team ?? "", view.user]);
}

/**
 * One click. Slack makes a trigger for each click; a repeated or replayed delivery carries the same one.
 */
export function blockActionId(click: { readonly user: string; readonly triggerId: string }): string {
  return named("click", [click.user, click.triggerId]);
}

/** One slash command as it was sent. */
export function slashCommandId(triggerId: string): string {
  return named("slash", [triggerId]);
}

/** One event, which Slack may deliver up to four times. */
export function eventId(id: string): string {
  return named("event", [id]);
}

/** A short code by which a person can name an error and an operator can find it in the log. */
export function faultMark(commandId: string): string {
  return createHash("sha256").update(`fault:${commandId}`).digest("hex").slice(0, 8);
}

function named(kind: string, parts: readonly string[]): string {
  return `${kind}:${createHash("sha256").update(JSON.stringify(parts)).digest("hex")}`;
}
