import type { Path, Policy } from "../policy/policy.js";
import { type FollowUp, type FollowUpDue, followUpDue, NOT_FOLLOWED_UP } from "../reminders/due-now.js";
import { escalatesAfter } from "../review/follow-up.js";

/** A path that is due for a drill, now or later. */
export interface DrillDue {
  readonly path: string;
  readonly title: string;
  /** The role responsible for the drill: the one that writes the path's reviews. */
  readonly role: string;
  readonly escalateTo: string | null;
  readonly channel: string;
  /** ISO 8601, UTC. */
  readonly dueAt: string;
  readonly followUp: FollowUp;
}

/**
 * The paths with `drill_every`, and when the next drill of each is due: that long after the last drill, or after
 * `begunAt` (the time of the first policy) where there was none. `lastDrills` holds ISO times by path.
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

/** What the follow-up of a drill requires now (ISO). The trail knows by the slot what has gone out already. */
export const drillStep = ({ followUp }: DrillDue, now: string): FollowUpDue => followUpDue(followUp, now);
