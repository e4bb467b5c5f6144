import { isOfficeMoment } from "../calendar/office-hours.js";
import type { Policy } from "../policy/policy.js";

/**
 * Whether nobody may be woken: a drill outside office hours pages nobody unless its path sets `drill_pages: as_real`.
 */
export function isQuiet(
  policy: Policy,
  { kind, path }: { readonly kind: "bypass" | "drill"; readonly path: string },
  now: Date,
): boolean {
  const asReal = policy.paths[path]?.drillPages === "as_real";
  return kind === "drill" && !asReal && !isOfficeMoment(now, policy.officeHours);
}
