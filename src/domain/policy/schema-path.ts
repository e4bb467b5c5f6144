import { z } from "zod";
import { LONGEST_BYPASS_SECONDS } from "./durations.js";
import {
  channelField,
  durationField,
  gateName,
  lineField,
  listOf,
  optional,
  reminderField,
  required,
  roleItem,
  roleName,
  spanField,
  textField,
  withDefault,
} from "./fields.js";
import { incidentUrlFault, patternFault } from "./patterns.js";
import { TITLE_MAX } from "./schema-gate.js";
import { REMIND_DEFAULT } from "./spans.js";

/** The most people whose ack a path may ask for. */
export const MOST_ACKS = 3;

const rung = z
  .strictObject({
    after: required(durationField(), "Time since the declaration. Each rung is later than the one before."),
    page: required(roleName, "The role to page; it may ack from that moment on."),
  })
  .transform((step) => ({ afterSeconds: step.after, page: step.page }))
  .meta({ form: "a rung of the ladder: after and page" });

/** Fixed defaults of the ladder, in the policy's own writing; the checks of the ladder read them too. */
export const ACK_DEFAULTS = { needed: 1, remind_every: "3m", give_up_after: "30m", alone_after: "never" } as const;

const ackSection = z
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
      listOf(rung, "a list of rungs, each with after and page", 0),
      "The ladder: whom to page when nobody has answered.",
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

const reviewSection = z
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

/** What a path may ask of the requester. */
const REQUIREMENTS = ["incident_id", "reason", "second_person_ack"] as const;

const invokeItem = z
  .union([
    z.literal("record_audit_event"),
    z.strictObject({
      alert_channel: required(channelField, "The channel of the loud alert, instead of the one at the top."),
    }),
    z.strictObject({ page: required(roleName, "The role that is paged at the declaration.") }),
    z.strictObject({
      open_review_ticket: required(
        z.literal(true).meta({ form: "true: every bypass gets its review" }),
        "Always true: the review is opened at the declaration.",
      ),
    }),
  ])
  .meta({ form: "record_audit_event, `alert_channel: CHANNEL`, `page: ROLE` or `open_review_ticket: true`" });

/** A path as the file writes it. The bare sketch (the four keys from `who_can_invoke` on that have no default) is enough. */
export const pathSection = z
  .strictObject({
    title: optional(lineField(TITLE_MAX, "a title"), "What people read for the path.", "the path's name"),
    gates: optional(
      listOf(gateName, "a list of at least one gate"),
      "The gates that this path may bypass.",
      "every gate that may be bypassed",
    ),
    when: optional(textField(1000, "a text"), "When to use this path; shown in the modal.", "nothing is shown"),
    incident_pattern: optional(
      z
        .string()
        .min(1)
        .superRefine((pattern, context) => {
          const fault = patternFault(pattern);
          if (fault) context.addIssue({ code: "custom", message: fault });
        })
        .meta({ form: 'a regular expression such as "^INC-\\\\d+$"' }),
      "What an incident id looks like: a regular expression in JavaScript's writing with the flag u.",
      "any id of at most 100 characters",
    ),
    incident_url: optional(
      z
        .string()
        .max(500)
        .superRefine((url, context) => {
          const fault = incidentUrlFault(url);
          if (fault) context.addIssue({ code: "custom", message: fault });
        })
        .meta({ form: "a URL that holds {id}, such as https://incidents.example.com/{id}" }),
      "The address of an incident; `{id}` is replaced by its id.",
      "the incident is not linked",
    ),
    who_can_invoke: required(listOf(roleItem, "a list of at least one role"), "Roles that may declare on this path."),
    who_can_ack: optional(
      listOf(roleItem, "a list of at least one role"),
      "Roles that may approve, deny and revoke. Nobody ever acks their own bypass.",
      "`who_can_invoke` and the paged role",
    ),
    requires: required(
      listOf(
        z.enum(REQUIREMENTS).meta({ form: "incident_id, reason or second_person_ack" }),
        "a list that holds reason, and may hold incident_id and second_person_ack",
      ),
      "What a declaration needs. `reason` is always among it; without `second_person_ack` it is active at once.",
    ),
    on_invoke: optional(
      listOf(invokeItem, "a list that holds record_audit_event"),
      "What happens at the declaration. Where given, `record_audit_event` is among it; the review is opened in any case.",
      "the record, the alert in `alert_channel` and the review; nobody is paged",
    ),
    expires_after: required(
      durationField(LONGEST_BYPASS_SECONDS, "24h"),
      "How long the power lasts, counted from the approval; at most 24h. There are no extensions.",
    ),
    ack: withDefault(
      ackSection,
      "Who is asked for the ack, how often and how long; all counted from the declaration.",
      {},
    ),
    review: withDefault(reviewSection, "The blameless look-back.", {}),
    drill_every: optional(durationField(), "How often to rehearse this path.", "no drill is asked for"),
    drill_pages: withDefault(
      z.enum(["office_hours", "as_real"]).meta({ form: "office_hours or as_real" }),
      "Whom a drill may wake: with `office_hours` it pages through Slack and in office hours only.",
      "office_hours",
    ),
  })
  .meta({ form: "a path: at least who_can_invoke, requires and expires_after" });
