import type { Bypass } from "../bypass/state.js";
import type { UseEvent } from "../events/catalogue/use.js";

/**
 * Invariants of the use of a grant: the grant is active at that moment, covers the gate, and is no drill's. `grant` is the bypass
 * before it, `null` if there is none.
 * @returns each violation as the rest of a sentence that begins with "Entry 12"
 */
export function violationsOfUse(grant: Bypass | null, { gate }: UseEvent, at: string): readonly string[] {
  if (grant === null) return ["records the use of a grant that does not exist"];
  const isActive = grant.status === "active" && at >= grant.grant.activatedAt && at < grant.grant.endsAt;
  return [
    ...(isActive ? [] : ["records the use of a grant that is not active"]),
    ...(grant.gates.includes(gate) ? [] : ["records that a grant was used for a gate that it does not cover"]),
    ...(grant.kind === "bypass" ? [] : ["records the use of a drill, which opens nothing"]),
  ];
}
