import { type Followed, follow } from "../../../src/domain/bypass/invariants/follow.js";
import type { Entry } from "../../../src/domain/events/entries.js";

/** Every invariant that the entries of one decision break, each with the event type. Must be empty. */
export function brokenBy(before: Followed, fresh: readonly Entry[]): readonly string[] {
  const broken: string[] = [];
  let followed = before;
  let owed: string | null = null;
  for (const entry of fresh) {
    const { type } = entry.event;
    if (owed !== null && owed !== type) broken.push(`${type} was recorded where ${owed} must follow`);
    const step = follow(followed, entry);
    broken.push(...step.violations.map((what) => `${type} ${what}`));
    followed = step.followed;
    owed = step.owed;
  }
  return owed === null ? broken : [...broken, `the decision ends without its ${owed}`];
}
