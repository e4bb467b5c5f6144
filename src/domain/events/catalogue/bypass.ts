import { z } from "zod";
import { defineEvent, type Infer } from "./define.js";
import { flag, moment, oneOf, orNull, policyHash, role, roleAsOf, strings, text, whole } from "./fields.js";

/** Why the system ends a bypass that is no longer permitted. */
const SYSTEM_REASONS = ["requester_deactivated", "gate_never_bypass"] as const;
const LAPSE_REASONS = ["no_ack", ...SYSTEM_REASONS] as const;
const REVOKE_REASONS = ["person", ...SYSTEM_REASONS] as const;

/** What people say no with. */
const REJECTIONS = ["deny", "revoke"] as const;

export type SystemReason = (typeof SYSTEM_REASONS)[number];
/** Why a request lapsed. */
export type LapseReason = (typeof LAPSE_REASONS)[number];
/** Why a grant was revoked. */
export type RevokeReason = (typeof REVOKE_REASONS)[number];

const target = z
  .strictObject({
    kind: oneOf(["github-pr", "github-commit", "service", "db", "text"], "The kind of target."),
  })
  .describe("What the gates are skipped for. Its name is a text.");

/** What the gates are skipped for. Its name, as typed and normalised, is free text and stored in `trail_text`. */
export type DeclaredTarget = Infer<typeof target>;

const step = z.strictObject({
  role: text("The role that is paged."),
  afterSeconds: whole("How long after the declaration, in seconds; 0 for the page of `on_invoke`."),
});

const ack = z
  .strictObject({
    needed: whole("How many distinct persons have to approve; 0 when the path asks for no second person."),
    remindEverySeconds: whole("How often the request is repeated, in seconds."),
    giveUpAfterSeconds: whole("How long after the declaration the request lapses, in seconds."),
    aloneAfterSeconds: orNull(
      whole("How long after the declaration the requester may proceed alone, in seconds."),
      "never",
    ),
    roles: strings("Roles that may approve, besides those that are paged."),
    escalation: z.array(step).describe("Who is paged, and when, in the order of paging."),
  })
  .describe("The rules of approval that the policy had at the declaration. They hold whatever the policy becomes.");

/** The approval rules of the policy at the declaration. Later changes of the policy do not affect them. */
export type AckPlan = Infer<typeof ack>;

/** Whether a second person has to approve. On any other path the declaration activates the grant. */
export const needsApproval = ({ needed }: Pick<AckPlan, "needed">): boolean => needed > 0;

/** Events of the request, the grant and its log. */
export const bypassEvents = [
  defineEvent({
    type: "bypass.declared",
    stream: "bypass",
    actor: "person",
    texts: ["reason", "target_typed", "target_key"],
    meaning: "Somebody requested a bypass. It is the first entry of its stream.",
    fields: {
      kind: oneOf(["bypass", "drill"], "A drill is a rehearsal and opens nothing."),
      path: text("The path of the policy."),
      gates: strings("The gates that it covers."),
      target,
      incident: orNull(text("The incident's id."), "the path asks for none, and none was given"),
      durationSeconds: whole("How long the grant will last, in seconds from the approval."),
      channel: text("The channel of the alert."),
      policyHash,
      ack,
      accounts: strings(
        "Every Slack account of the requester's person by that policy, and every id that Slack gives it, the acting one among them.",
      ),
      again: orNull(whole("The number of the bypass that it follows by Break Glass Again."), "it follows none"),
      roleAsOf,
    },
  }),
  defineEvent({
    type: "ack.reminded",
    stream: "bypass",
    actor: "system",
    meaning: "The request was repeated in the channel, because nobody had answered it.",
    fields: { count: whole("How many intervals of `remind_every` have passed.") },
  }),
  defineEvent({
    type: "ack.escalated",
    stream: "bypass",
    actor: "system",
    meaning: "Nobody had answered in time, so the next role is paged. Its holders may approve from now on.",
    fields: { step: whole("The step of the escalation, from 0."), role },
  }),
  defineEvent({
    type: "ack.blocked",
    stream: "bypass",
    actor: "system",
    meaning: "The policy now in force has none of the roles that may approve the request, so nobody can.",
    fields: { policyHash: text("The hash of that policy."), roles: strings("The roles that are gone.") },
  }),
  defineEvent({
    type: "ack.unblocked",
    stream: "bypass",
    actor: "system",
    meaning: "The policy now in force has a role that may approve the request again.",
    fields: { policyHash: text("The hash of that policy.") },
  }),
  defineEvent({
    type: "ack.given",
    stream: "bypass",
    actor: "person",
    meaning: "A second person approved the request.",
    fields: {
      count: whole("How many have approved, this one included."),
      needed: whole("How many have to."),
      accounts: strings(
        "Every Slack account of the approver's person by the policy then, and every id that Slack gives it, the acting one among them.",
      ),
      policyHash,
      roleAsOf,
    },
  }),
  defineEvent({
    type: "bypass.proceeded_alone",
    stream: "bypass",
    actor: "person",
    meaning: "The requester went on without an approval, where the path allows it.",
  }),
  defineEvent({
    type: "bypass.activated",
    stream: "bypass",
    actor: "person",
    meaning: "The grant began: its gates are skipped until it ends.",
    fields: {
      endsAt: moment("When the grant ends by itself."),
      approved: flag("Whether somebody else approved it."),
    },
  }),
  defineEvent({
    type: "bypass.denied",
    stream: "bypass",
    actor: "person",
    texts: ["reason"],
    meaning: "Somebody who may approve denied the request.",
    fields: { roleAsOf },
  }),
  defineEvent({
    type: "bypass.withdrawn",
    stream: "bypass",
    actor: "person",
    meaning: "The requester took the request back.",
  }),
  defineEvent({
    type: "bypass.lapsed",
    stream: "bypass",
    actor: "system",
    meaning: "The request ended without an answer.",
    fields: {
      why: oneOf(
        LAPSE_REASONS,
        "Nobody answered in time, the requester's account was deactivated, or a gate may no longer be bypassed.",
      ),
    },
  }),
  defineEvent({
    type: "grant.warned",
    stream: "bypass",
    actor: "system",
    meaning: "The requester was warned that the grant ends soon.",
  }),
  defineEvent({
    type: "bypass.expired",
    stream: "bypass",
    actor: "system",
    meaning: "The grant reached its end. It ended at `endsAt`, not when this was recorded.",
  }),
  defineEvent({
    type: "bypass.closed",
    stream: "bypass",
    actor: "person",
    meaning: "The requester ended the grant before its time.",
  }),
  defineEvent({
    type: "bypass.revoked",
    stream: "bypass",
    actor: "both",
    texts: ["reason"],
    meaning: "Somebody who may approve, or the system, took the grant away.",
    fields: {
      why: oneOf(
        REVOKE_REASONS,
        "A person did it, the requester's account was deactivated, or a gate may no longer be bypassed.",
      ),
      roleAsOf,
    },
  }),
  defineEvent({
    type: "bypass.rejected_late",
    stream: "bypass",
    actor: "person",
    texts: ["reason"],
    meaning:
      "Somebody who may approve said no a few minutes after the bypass had ended by other means. It holds like a denial.",
    fields: { answer: oneOf(REJECTIONS, "What they sent: a Deny, or a Revoke."), roleAsOf },
  }),
  defineEvent({
    type: "bypass.logged",
    stream: "bypass",
    actor: "person",
    texts: ["line"],
    meaning: "Somebody wrote down what was done.",
    fields: { via: oneOf(["command", "thread"], "Where they wrote it: `/breakglass log`, or the alert's thread.") },
  }),
] as const;
