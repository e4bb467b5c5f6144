import { z } from "zod";
import { LONGEST_BYPASS_SECONDS } from "../durations.js";
import { incidentUrlFault, patternFault } from "../patterns.js";
import { ackSection, reviewSection } from "./ack-and-review.js";
import {
  channelField,
  durationField,
  gateName,
  lineField,
  listOf,
  optional,
  required,
  roleItem,
  roleName,
  textField,
  withDefault,
} from "./fields.js";
import { TITLE_MAX } from "./gates.js";

/** How many approvers are asked by direct message, and the most that a policy may ask for. */
export const ASK_AT_MOST = { usual: 20, most: 100 } as const;

/** What a path may require of a declaration. */
const REQUIREMENTS = ["incident_id", "reason", "second_person_ack"] as const;

/** The kinds of target, as the policy calls them. */
export const PATH_TARGETS = ["github", "service", "db", "text"] as const;

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

/**
 * A path as the file writes it. The short form (`who_can_invoke`, `requires`, `on_invoke`, `expires_after`) is enough.
 */
export const pathSection = z
  .strictObject({
    title: optional(lineField(TITLE_MAX, "a title"), "What people read for the path.", "the path's name"),
    gates: optional(
      listOf(gateName, "a list of at least one gate"),
      "The gates that this path may bypass.",
      "every gate that may be bypassed",
    ),
    target: withDefault(
      listOf(
        z.enum(PATH_TARGETS).meta({ form: PATH_TARGETS.join(", ") }),
        `a list of at least one of ${PATH_TARGETS.join(", ")}`,
      ),
      "What a declaration on this path may be for: `github` is a pull request or a commit, `service` and `db` a name after that word, `text` anything in words. Words cannot be compared, so nobody goes alone with them for a day after another person said no to one of the gates.",
      [...PATH_TARGETS],
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
      "What an incident id looks like: a regular expression in the syntax of RE2, which has neither look-around nor back references.",
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
        .meta({ form: "an https URL that holds {id}, such as https://incidents.example.com/{id}" }),
      "The address of an incident; `{id}` is replaced by its id, and stands after the host: in the path, the query or the fragment.",
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
    ask_at_most: withDefault(
      z
        .int()
        .min(1)
        .max(ASK_AT_MOST.most)
        .meta({ form: `an integer from 1 to ${ASK_AT_MOST.most}` }),
      "How many people a request asks by direct message at once, and how many each step of the escalation pages. Whoever is on call or listed by name comes first, and is asked in any case; then members of user groups, others with each bypass. The alert mentions the user group, so the rest hear of it there.",
      ASK_AT_MOST.usual,
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
