import { checkApprovers } from "../commands/check-approvers.js";
import { checkGates } from "../commands/check-gates.js";
import { revokeIneligible } from "../commands/revoke-ineligible.js";
import type { EffectContext } from "../delivery/effect-context.js";
import { withUrgency } from "../ports/urgency.js";
import { followUpDrills } from "./drills.js";
import { followUpGates } from "./gates.js";
import { postDigest } from "./post-digest.js";
import { createSetAside } from "./skip-failing.js";
import { replanFollowUps, sweep } from "./sweep.js";

/** Slack reports most deactivated accounts at once; this check finds the others. */
const MINUTELY_MS = 60_000;

export interface MaintenanceOptions {
  readonly effectContext: EffectContext;
  /** Loads a changed policy file. Returns whether another policy is in force now. */
  readonly renewPolicy: () => Promise<boolean>;
  /** Epoch milliseconds. */
  readonly now: () => number;
  readonly onNewPolicy: () => void;
  /** What the adapters check once a minute. */
  readonly minutely?: () => Promise<void>;
  /** Compares the trail with what was published, unless the start did. */
  readonly compare: () => Promise<void>;
}

/**
 * What each process does every few seconds: the sweep and the policy file; once a minute also ineligible bypasses,
 * gates, drills and the digest.
 */
export function createMaintenance({
  effectContext,
  renewPolicy,
  now,
  onNewPolicy,
  minutely: more = async () => {},
  compare,
}: MaintenanceOptions): () => Promise<void> {
  const { context } = effectContext;
  let minutelyAt = 0;
  const renew = async (): Promise<void> => {
    if (!(await renewPolicy())) return;
    await revokeIneligible(context);
    await checkApprovers(context);
    await replanFollowUps(context);
    onNewPolicy();
  };
  const aside = createSetAside();
  const often = [() => sweep(effectContext, aside), renew];
  const minutely = [
    () => revokeIneligible(context),
    () => checkApprovers(context),
    () => checkGates(context, null),
    () => followUpGates(context),
    () => followUpDrills(context),
    () => postDigest(context),
    more,
    compare,
  ];
  return async () => {
    const isMinutelyDue = now() - minutelyAt >= MINUTELY_MS;
    await withUrgency("upkeep", () => runAll(isMinutelyDue ? [...often, ...minutely] : often));
    if (isMinutelyDue) minutelyAt = now();
  };
}

/**
 * Runs all steps in order. A failing step does not keep the later ones from running; the first fault is thrown at the
 * end.
 */
async function runAll(steps: readonly (() => Promise<void>)[]): Promise<void> {
  const faults: unknown[] = [];
  for (const step of steps) {
    await step().catch((fault: unknown) => faults.push(fault));
  }
  if (faults.length > 0) throw faults[0];
}
