import { createHash } from "node:crypto";

/**
 * Command ids. A redelivery of the same request has the same id and therefore changes nothing. Each id is a hash, at most
 * 72 characters long, and contains none of Slack's ids.
 */

/** One submission of a modal. A view that is sent again after errors keeps its id: the refused attempt changed nothing. */
export function submissionId(view: {
  readonly id: string;
  readonly team: string | null;
  readonly user: string;
}): string {
  return hashedId("view", [view.id, view.team ?? "", view.user]);
}

/** One click. Each click has its own trigger id; a redelivered or replayed click has the same one. */
export function blockActionId(click: { readonly user: string; readonly triggerId: string }): string {
  return hashedId("click", [click.user, click.triggerId]);
}

/** One slash command, by its trigger id. */
export function slashCommandId(triggerId: string): string {
  return hashedId("slash", [triggerId]);
}

/** One event, which Slack may deliver up to four times. */
export function eventId(id: string): string {
  return hashedId("event", [id]);
}

function hashedId(kind: string, parts: readonly string[]): string {
  return `${kind}:${createHash("sha256").update(JSON.stringify(parts)).digest("hex")}`;
}
