import { z } from "zod";
import { GATES_MAX } from "../../events/bounds.js";
import { digestSection, officeHoursSection } from "./calendar.js";
import { ciSection } from "./ci.js";
import { channelField, namedMap, nameField, optional, required, withDefault } from "./fields.js";
import { gateSection, thermometerSection } from "./gates.js";
import { pathSection } from "./path.js";
import { personSection, rightsSection, roleSection } from "./people.js";
import { webhooksSection } from "./webhooks.js";

/**
 * The policy file. This schema is the one source of the types, the JSON Schema, the reference page and the messages.
 * It validates each value on its own; rules between values are in `checks`.
 */
export const policyFileSchema = z
  .strictObject({
    version: required(z.literal(1).meta({ form: "1" }), "The version of this format."),
    alert_channel: optional(
      channelField,
      "The channel of the loud alert, for every path that names none of its own in `on_invoke`.",
      "each path names its own",
    ),
    roles: required(
      namedMap(roleSection, "a mapping of at least one role name to who holds it", 200),
      "Who holds which role. The names are yours.",
    ),
    people: withDefault(
      z.record(nameField, personSection).meta({
        form: "a mapping of names of persons to their accounts",
      }),
      "The accounts of one person. An account that is not listed is its own person.",
      {},
    ),
    rights: withDefault(rightsSection, "Rights beside the paths.", {}),
    gates: required(
      namedMap(gateSection, "a mapping of at least one gate name to the gate", GATES_MAX),
      "The checks and approvals that must pass. The names are yours.",
    ),
    paths: required(
      namedMap(pathSection, "a mapping of at least one path name to the path", 100),
      "The pre-defined emergency procedures. The names are yours.",
    ),
    thermometer: withDefault(thermometerSection, "How often a gate may be bypassed before it counts as sick.", {}),
    office_hours: withDefault(officeHoursSection, "When people work: business days and reminders go by it.", {}),
    digest: withDefault(digestSection, "The weekly summary.", {}),
    ci: optional(
      ciSection,
      "The pipelines that may ask whether a gate is open: whose tokens count. docs/ci.md says what each proves.",
      "no pipeline is believed by its own token",
    ),
    webhooks: withDefault(
      webhooksSection,
      "Programs outside that are told of events; see docs/webhooks.md. Secrets stand in the environment.",
      [],
    ),
  })
  .meta({ form: "a policy: version, roles, gates and paths at the least" });

/** A policy file with valid values and defaults filled in, still with the keys of the file. */
export type PolicyFile = z.output<typeof policyFileSchema>;
