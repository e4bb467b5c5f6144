import { z } from "zod";
import { actorSchema, bodySchema, type Place } from "./body-schema.js";
import { CATALOGUE } from "./catalogue/catalogue.js";
import type { EventDefinition } from "./catalogue/define.js";

const PLACES: readonly Place[] = ["bypass", "system"];

/** The schema of an event's bodies: one variant per stream it may stand in, with the actors that may cause it. */
function bodies(definition: EventDefinition): z.ZodType {
  const { stream, type, meaning } = definition;
  const places = PLACES.filter((place) => stream === "both" || stream === place);
  const variants = places.map((place) => bodySchema(definition, place, actorSchema(definition)));
  const [only, ...more] = variants;
  const schema = only !== undefined && more.length === 0 ? only : z.union(variants);
  return schema.meta({ id: type, description: meaning });
}

/**
 * The JSON Schema (2020-12) of an entry's body. It describes each body on its own; `breakglass verify` checks what has
 * to hold between entries.
 */
export function trailJsonSchema(): Record<string, unknown> {
  const body = z.union(CATALOGUE.map(bodies)).meta({
    title: "The body of an entry in Breakglass's audit trail",
    description: "Canonical JSON (RFC 8785) with whole numbers only. One schema per event, by its type.",
  });
  return z.toJSONSchema(body);
}
