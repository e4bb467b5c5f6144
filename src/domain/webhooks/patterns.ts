import { CATALOGUE, type TrailEvent } from "../events/catalogue/catalogue.js";
import { isGateEvent } from "../events/catalogue/gate.js";

/** Whether an event of the system's stream is told outside: one about a gate's item, or the use of a grant. */
export const isToldOutside = (event: { readonly type: TrailEvent["type"] }): boolean =>
  isGateEvent(event) || event.type === "grant.used";

/**
 * The events that a webhook can be told of: those of a bypass, its review and its actions, the uses of its grant, and those of a gate's item.
 * Those of the bot itself are for its operator, who has the log and `/readyz`.
 */
export const DELIVERABLE: readonly TrailEvent["type"][] = CATALOGUE.filter(
  (definition) => definition.stream !== "system" || isToldOutside(definition),
).map(({ type }) => type);

/** Every pattern that names at least one event: `*`, `bypass.*` and the like, and each event by its name. */
export const PATTERNS: readonly string[] = [
  "*",
  ...new Set(DELIVERABLE.map((type) => `${type.split(".", 1)[0]}.*`)),
  ...DELIVERABLE,
];

/** Whether a pattern of the policy means events of this type. */
export function matches(pattern: string, type: string): boolean {
  if (pattern === "*") return true;
  return pattern.endsWith(".*") ? type.startsWith(pattern.slice(0, -1)) : pattern === type;
}
