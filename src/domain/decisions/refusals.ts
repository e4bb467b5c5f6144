import type { Actor } from "../events/actor.js";
import type { Principal, Unread } from "./principal.js";

/**
 * Why a command was refused. The list is closed: slack/refusals.ts has a sentence for each code, and the compiler
 * reports a missing one.
 */
export const REFUSAL_CODES = [
  "not_found",
  "other_bypass",
  "unreadable",
  "unverifiable",
  "guest",
  "bot",
  "deactivated",
  "foreign",
  "not_entitled",
  "self_approval",
  "own_request",
  "already_approved",
  "not_requested",
  "not_active",
  "not_requester",
  "past_end",
  "gave_up",
  "gate_never_bypass",
  "requester_deactivated",
  "reason_missing",
  "alone_never",
  "alone_too_early",
  "alone_escalation_open",
  "alone_after_rejection",
  "typed_wrong",
  "text_invalid",
  "text_secret",
  "text_likely",
  "room_full",
  "share_full",
  "drills_enough",
  "nothing_due",
  "invalid_declaration",
  "no_such_text",
  "not_over",
  "review_waived",
  "review_closed",
  "review_changed",
  "own_review",
  "approver_while_others",
  "not_reviewer",
  "not_own_review",
  "invalid_review",
  "no_such_action",
  "action_over",
  "not_action_owner",
  "date_invalid",
  "put_off_used_up",
  "put_off_escalates",
  "no_such_gate_item",
  "not_gate_owner",
  "gate_item_closed",
  "other_gate_item",
] as const;

/** Why a command is refused. */
export type RefusalCode = (typeof REFUSAL_CODES)[number];

/** Refusals whose sentences name the requester, or who settled the request. */
export const NAMES_PEOPLE: ReadonlySet<RefusalCode> = new Set<RefusalCode>([
  "not_requester",
  "not_requested",
  "not_active",
  "past_end",
]);

/** The fields of the declare modal, by their labels in lower case. */
export type DeclareField = "path" | "gates" | "target" | "incident" | "reason" | "duration";

/** The fields of the review modal; the fields of an action carry its index in the form, from 0. */
export type ReviewField =
  | "verdict"
  | "gatesAtFault"
  | "forcedBy"
  | "aftermath"
  | "lesson"
  | `action-${number}-${"what" | "owner" | "due"}`;

/** A problem with one field of a form. */
export interface FieldProblem<Field extends string = DeclareField> {
  readonly field: Field;
  /** A sentence for the person that says how to fix it; with `asks`, what the text looks like. */
  readonly message: string;
  /** True for a text that merely looks like a secret: sent again, it is recorded. */
  readonly asks?: boolean;
}

/** A refusal, with what its sentence needs beyond the code. */
export interface Refusal {
  readonly code: RefusalCode;
  /** With `invalid_declaration`: every problem at once. */
  readonly problems?: readonly FieldProblem[];
  /** With `invalid_review`: every problem at once. */
  readonly reviewProblems?: readonly FieldProblem<ReviewField>[];
  /** A time that the sentence names (ISO 8601, UTC), such as when Proceed Alone becomes possible. */
  readonly at?: string;
  /** With `room_full` and `share_full`: how many there may be. */
  readonly limit?: number;
  /** With `date_invalid`: the days that can be chosen, such as `2026-12-24`. */
  readonly days?: readonly string[];
  /** With `text_secret` and `text_likely`: the kind of secret. */
  readonly secret?: string;
  /** With `unverifiable`: who could not be asked, and why. */
  readonly unread?: Unread;
}

/** The refusal of this person's attempt with this code, with what its sentence says about the person's account. */
export function refusalOf(principal: Principal, code: RefusalCode): Refusal {
  return code === "unverifiable" && principal.accountStatus === "unverifiable" && principal.unread !== undefined
    ? { code, unread: principal.unread }
    : { code };
}

/** The key of a refused attempt, so that repeated attempts are recorded once. */
export function refusalKey(actor: Actor, action: string, code: string): string {
  return `${actor.kind === "person" ? actor.user : actor.part}|${action}|${code}`;
}
