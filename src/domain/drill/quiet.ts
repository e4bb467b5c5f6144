import { isOfficeMoment } from "../calendar/office-hours.js";
import type { Policy } from "../policy/policy.js";

type Paging = { readonly kind: "bypass" | "drill"; readonly path: string };

/** Whether people are paged as in an emergency: for every bypass, and for a drill on a path with `as_real`. */
export const pagesForReal = (policy: Policy, { kind, path }: Paging): boolean =>
  kind === "bypass" || policy.paths[path]?.drillPages === "as_real";

/**
 * Whether nobody may be woken: a drill outside office hours pages nobody unless its path sets `drill_pages: as_real`.
 */
export function isQuiet(policy: Policy, state: Paging, now: Date): boolean {
  return !pagesForReal(policy, state) && !isOfficeMoment(now, policy.officeHours);
}
