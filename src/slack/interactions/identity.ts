import { createHash } from "node:crypto";

/**
 * Names for what a person did once, so that a second delivery of the same request changes nothing. Each is hashed: the
 * name has at most 72 characters and carries no id of Slack's.
 */

/** One submission of a modal. A view that was sent back with errors keeps its id, and an attempt that was refused changed nothing. */
export function submissionId(view: {
  readonly id: string;
  readonly team: string | null;
  readonly user: string;
}): string {
  return named("view", [view.id, view.team ?? "", view.user]);
}

/**
 * One press of a button. Slack makes a trigger for each press, and a delivery that comes twice, or is played back, carries
 * the same one.
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

/** A short mark by which a person can name a fault and an operator can find it in the log. */
export function faultMark(commandId: string): string {
  return createHash("sha256").update(`fault:${commandId}`).digest("hex").slice(0, 8);
}

function named(kind: string, parts: readonly string[]): string {
  return `${kind}:${createHash("sha256").update(JSON.stringify(parts)).digest("hex")}`;
}
