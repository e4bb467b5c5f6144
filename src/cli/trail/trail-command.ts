import { trailJsonSchema } from "../../domain/events/json-schema.js";
import { trailReference } from "../../domain/events/reference.js";
import { printing, withSubcommands } from "../subcommands.js";

/** `breakglass trail …`: documents the entries of the audit trail. Needs no database and no running bot. */
export const trailCommand = withSubcommands(
  {
    name: "trail",
    summary: "Print the reference page of the trail's events, or the JSON Schema of an entry's body",
    usage: [
      "breakglass trail reference      prints the page of all events, as Markdown",
      "breakglass trail schema         prints the JSON Schema of an entry's body, for programs that read the trail",
    ],
  },
  "say what to print",
  {
    reference: printing("trail reference", () => trailReference().trimEnd()),
    schema: printing("trail schema", () => JSON.stringify(trailJsonSchema(), null, 2)),
  },
);
