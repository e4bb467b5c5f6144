import { type FollowUp, type FollowUpDue, followUpDue } from "../follow-up/follow-up.js";
import { NOT_FOLLOWED_UP } from "../follow-up/state.js";
import type { Path, Policy } from "../policy/policy.js";
import { escalatesAfter } from "../review/follow-up.js";

/** A path whose rehearsal is asked for. */
export interface DrillDue {
  readonly path: string;
  readonly title: string;
  /** The role that is to see to it: the one that writes the path's reviews. */
  readonly role: string;
  readonly escalateTo: string | null;
  readonly channel: string;
  /** ISO 8601, UTC. */
  readonly dueAt: string;
  readonly followUp: FollowUp;
}

/**
 * The paths that the policy wants rehearsed, and when the next drill of each is due: `drill_every` after the last one, or after
 * the first policy where there was none. `lastDrills`: by path (ISO).
 */
export function drillsDue(
  policy: Policy,
  lastDrills: Readonly<Record<string, string>>,
  begunAt: string,
): readonly DrillDue[] {
  return Object.values(policy.paths).flatMap((path) => {
    const every = path.drillEverySeconds;
    return every === null ? [] : [dueOf(policy, path, lastDrills[path.id] ?? begunAt, every)];
  });
}

function dueOf(policy: Policy, path: Path, since: string, everySeconds: number): DrillDue {
  const { reviewer, remind, escalateTo } = path.review;
  const dueAt = new Date(Date.parse(since) + everySeconds * 1000).toISOString();
  const plan = {
    openedAt: since,
    dueAt,
    rules: remind,
    escalateAfter: escalatesAfter(path.review),
    officeHours: policy.officeHours,
  };
  const followUp = { plan, progress: NOT_FOLLOWED_UP };
  return { path: path.id, title: path.title, role: reviewer, escalateTo, channel: path.alertChannel, dueAt, followUp };
}

/** What progress a drill asks for by now (ISO): what went out before is for the trail to tell, by the slot. */
export const drillStep = ({ followUp }: DrillDue, now: string): FollowUpDue => followUpDue(followUp, now);
