import type { z } from "zod";
import { defineEvent, type EventOf, type Infer, isOneOf } from "./define.js";
import { dueAt, flag, oneOf, role, roleAsOf, slot, stage, strings, text, until, whole } from "./fields.js";

/** The verdicts of a review, about the event and the gate, never about a person. */
export const VERDICTS = ["justified", "avoidable", "gate-at-fault"] as const;
/** One of {@link VERDICTS}. */
export type Verdict = (typeof VERDICTS)[number];

/** What forced the bypass. */
export const FORCES = ["real-emergency", "flaky", "slow", "broken", "unavailable", "rule-unclear", "other"] as const;
/** One of {@link FORCES}. */
export type Force = (typeof FORCES)[number];

/** What became of the check that was skipped. */
export const AFTERMATHS = ["passed-later", "failed-later", "not-run-yet", "will-not-run", "unknown"] as const;
/** One of {@link AFTERMATHS}. */
export type Aftermath = (typeof AFTERMATHS)[number];

const words = {
  edition: whole("1 at the submission, one more with each amendment; every edition stays in the trail."),
  verdict: oneOf(VERDICTS, "The verdict. It is about the event and the gate, never about a person."),
  gatesAtFault: strings("With the verdict `gate-at-fault`, and only then: which of the bypass's gates."),
  forcedBy: oneOf(FORCES, "What forced the bypass."),
  aftermath: oneOf(AFTERMATHS, "What became of the check that was skipped."),
  asApprover: flag("Whether its writer approved the bypass, because nobody else holds the reviewer's role."),
  roleAsOf,
};

/** The content of a review, except its lesson, which is a text. */
export type ReviewWords = Infer<z.ZodObject<typeof words>>;

const action = whole("The number of the action, from 1 within its bypass.");

/** A review is opened or waived. Both happen with a decision on the bypass, before anybody writes the review. */
export const reviewOpeningEvents = [
  defineEvent({
    type: "review.opened",
    stream: "bypass",
    actor: "system",
    meaning: "The review was opened, together with the declaration.",
    fields: { reviewer: text("The role that writes it."), dueAt },
  }),
  defineEvent({
    type: "review.waived",
    stream: "bypass",
    actor: "system",
    meaning: "There is nothing to review.",
    fields: { why: oneOf(["never_active"], "The bypass was never active.") },
  }),
] as const;

/** Events of a review and of its actions, in the stream of their bypass. */
export const reviewEvents = [
  defineEvent({
    type: "review.submitted",
    stream: "bypass",
    actor: "person",
    texts: ["lesson"],
    meaning: "The review was written.",
    fields: words,
  }),
  defineEvent({
    type: "review.amended",
    stream: "bypass",
    actor: "person",
    texts: ["lesson"],
    meaning: "The review was written anew; the edition before it stays in the trail.",
    fields: words,
  }),
  defineEvent({
    type: "review.view_added",
    stream: "bypass",
    actor: "person",
    texts: ["line"],
    meaning: "The requester added how they saw it.",
  }),
  defineEvent({
    type: "review.reminded",
    stream: "bypass",
    actor: "system",
    meaning: "The reviewers were reminded of the review.",
    fields: { slot, stage, role },
  }),
  defineEvent({
    type: "review.overdue",
    stream: "bypass",
    actor: "system",
    meaning: "The review was named in the channel as overdue.",
    fields: { slot },
  }),
  defineEvent({
    type: "review.escalated",
    stream: "bypass",
    actor: "system",
    meaning: "The review was overdue for so long that a further role is told of it.",
    fields: { slot, role },
  }),
  defineEvent({
    type: "review.put_off",
    stream: "bypass",
    actor: "person",
    texts: ["reason"],
    meaning: "A reviewer put the review off.",
    fields: { until, roleAsOf },
  }),
  defineEvent({
    type: "action.opened",
    stream: "bypass",
    actor: "person",
    texts: ["line"],
    meaning: "An action came out of the review: a thing to do, with an owner.",
    fields: { action, owner: text("The Slack user id of its owner."), dueAt },
  }),
  defineEvent({
    type: "action.reminded",
    stream: "bypass",
    actor: "system",
    meaning: "The owner was reminded of the action.",
    fields: { action, slot, stage },
  }),
  defineEvent({
    type: "action.overdue",
    stream: "bypass",
    actor: "system",
    meaning: "The action was named in the channel as overdue.",
    fields: { action, slot },
  }),
  defineEvent({
    type: "action.put_off",
    stream: "bypass",
    actor: "person",
    texts: ["reason"],
    meaning: "The action was put off.",
    fields: { action, until, roleAsOf },
  }),
  defineEvent({
    type: "action.ended",
    stream: "bypass",
    actor: "person",
    texts: ["reason"],
    meaning: "The action was done, or dropped with a reason.",
    fields: { action, outcome: oneOf(["done", "dropped"], "What came of it."), roleAsOf },
  }),
] as const;

/** An event of a review or of an action that came out of it. */
export type ReviewEvent = EventOf<(typeof reviewEvents)[number]>;

/** Whether the event is about a review or its actions. Opening and waiving a review count as events of the bypass. */
export const isReviewEvent = isOneOf<ReviewEvent>(reviewEvents);
