import { policyJsonSchema } from "../../domain/policy/schema/json-schema.js";
import { policyReference } from "../../domain/policy/schema/reference.js";
import { printing, withSubcommands } from "../subcommands.js";
import { lint } from "./lint.js";

/** `breakglass policy …`: checks and documents the policy file. Needs no running bot. */
export const policyCommand = withSubcommands(
  {
    name: "policy",
    summary: "Check a policy file; print its JSON Schema or its reference page",
    usage: [
      "breakglass policy lint FILE     lists every error of the file; exit 0 fine, 1 errors, 2 not readable; --json: as JSON",
      "breakglass policy schema        prints the JSON Schema, for editors",
      "breakglass policy reference     prints the page of all keys and defaults, as Markdown",
    ],
  },
  "say what to do with the policy",
  {
    lint,
    schema: printing("policy schema", () => JSON.stringify(policyJsonSchema(), null, 2)),
    reference: printing("policy reference", () => policyReference().trimEnd()),
  },
);
