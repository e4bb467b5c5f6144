import { z } from "zod";
import { REMIND_DEFAULT } from "../durations.js";
import {
  durationField,
  listOf,
  optional,
  reminderField,
  required,
  roleName,
  spanField,
  withDefault,
} from "./fields.js";

/** The highest number of acks that a path may require. */
export const MOST_ACKS = 3;

const step = z
  .strictObject({
    after: required(durationField(), "Time since the declaration. Each step is later than the one before."),
    page: required(roleName, "The role to page; it may ack from that moment on."),
  })
  .transform((step) => ({ afterSeconds: step.after, page: step.page }))
  .meta({ form: "a step of the escalation: after and page" });

/** Fixed defaults of `ack`, in the syntax of the policy; the checks across keys read them too. */
export const ACK_DEFAULTS = { needed: 1, remind_every: "3m", give_up_after: "30m", alone_after: "never" } as const;

/** Who is asked for the ack, how often and for how long. */
export const ackSection = z
  .strictObject({
    needed: withDefault(
      z.int().min(1).max(MOST_ACKS).meta({ form: "an integer from 1 to 3" }),
      "How many different persons must approve, where `requires` holds `second_person_ack`.",
      ACK_DEFAULTS.needed,
    ),
    remind_every: withDefault(
      durationField(),
      "How often those who may ack are asked again.",
      ACK_DEFAULTS.remind_every,
    ),
    escalate: withDefault(
      listOf(step, "a list of steps, each with after and page", 0),
      "The escalation: whom to page when nobody has answered.",
      [],
    ),
    give_up_after: withDefault(
      durationField(),
      "Time since the declaration after which a request without its acks lapses.",
      ACK_DEFAULTS.give_up_after,
    ),
    alone_after: withDefault(
      z.union([z.literal("never"), durationField()]).meta({ form: "`never`, or a duration such as 15m" }),
      "Time since the declaration after which the requester may go alone; recorded as unapproved, loudly.",
      ACK_DEFAULTS.alone_after,
    ),
  })
  .meta({ form: "a mapping with needed, remind_every, escalate, give_up_after, alone_after" });

/** Who writes the review, when it is due, and who is reminded of it. */
export const reviewSection = z
  .strictObject({
    due: withDefault(spanField, "When the review is due, counted from the declaration.", "2 business days"),
    reviewer: optional(
      roleName,
      "The role that writes the review.",
      "the paged role, or the first role of `who_can_ack` where none is paged",
    ),
    remind: withDefault(
      listOf(reminderField, "a list of reminders, such as [at due, daily after]", 0),
      "When to remind the reviewer, told from the time the review is due; in office hours only.",
      [...REMIND_DEFAULT],
    ),
    escalate_after: withDefault(
      spanField,
      "How long after it was due a review that is still open is raised with `escalate_to`.",
      "3 business days",
    ),
    escalate_to: optional(
      roleName,
      "The role with which an overdue review is raised; it may write the review from then on.",
      "it is not raised",
    ),
  })
  .meta({ form: "a mapping with due, reviewer, remind, escalate_after, escalate_to" });
