import { isOfficeMoment } from "../calendar/office-hours.js";
import type { Policy } from "../policy/policy.js";

/** A rehearsal outside office hours wakes nobody, unless its path says that it does. */
export function isQuiet(
  policy: Policy,
  { kind, path }: { readonly kind: "bypass" | "drill"; readonly path: string },
  now: Date,
): boolean {
  const asReal = policy.paths[path]?.drillPages === "as_real";
  return kind === "drill" && !asReal && !isOfficeMoment(now, policy.officeHours);
}
