import { type Followed, follow } from "../../../src/domain/bypass/invariants/follow.js";
import type { Entry } from "../../../src/domain/events/entries.js";

/** Every invariant that these entries of one decision break, each with the type of its entry; nothing should be. */
export function brokenBy(before: Followed, fresh: readonly Entry[]): readonly string[] {
  const broken: string[] = [];
  let at = before;
  let owed: string | null = null;
  for (const entry of fresh) {
    const { type } = entry.event;
    if (owed !== null && owed !== type) broken.push(`${type} stands where ${owed} has to`);
    const step = follow(at, entry);
    broken.push(...step.violations.map((what) => `${type} ${what}`));
    at = step.followed;
    owed = step.owed;
  }
  return owed === null ? broken : [...broken, `the decision ends without its ${owed}`];
}
