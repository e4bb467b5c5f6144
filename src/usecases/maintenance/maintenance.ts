import { checkApprovers } from "../commands/check-approvers.js";
import { checkGates } from "../commands/check-gates.js";
import { revokeIneligible } from "../commands/revoke-ineligible.js";
import type { EffectContext } from "../delivery/effect-context.js";
import { withUrgency } from "../ports/urgency.js";
import { followUpDrills } from "./drills.js";
import { followUpGates } from "./gates.js";
import { postDigest } from "./post-digest.js";
import { createStepRunner, type Step, type StepLimits } from "./steps.js";
import { replanFollowUps, sweepSteps } from "./sweep.js";

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
  /** How long steps may take. */
  readonly limits?: StepLimits;
}

/** What each process does every few seconds. */
export interface Maintenance {
  /** Runs what is due of it. @throws the first fault, after everything has run */
  run(): Promise<void>;
  /** The names of the steps that have not ended for too long, for `/readyz`. */
  stuck(): readonly string[];
}

/** The sweep and the policy file; once a minute also ineligible bypasses, gates, drills and the digest. */
export function createMaintenance({
  effectContext,
  renewPolicy,
  now,
  onNewPolicy,
  minutely: more = async () => {},
  compare,
  limits,
}: MaintenanceOptions): Maintenance {
  const { context } = effectContext;
  let minutelyAt = 0;
  const renew = async (): Promise<void> => {
    if (!(await renewPolicy())) return;
    await revokeIneligible(context);
    await checkApprovers(context);
    await replanFollowUps(context);
    onNewPolicy();
  };
  const runner = createStepRunner(context.log, limits);
  const often: readonly Step[] = [...sweepSteps(effectContext), { name: "policy_file", run: renew }];
  const minutely: readonly Step[] = [
    { name: "ineligible", run: () => revokeIneligible(context) },
    { name: "approvers", run: () => checkApprovers(context) },
    { name: "gates", run: () => checkGates(context, null) },
    { name: "gate_follow_ups", run: () => followUpGates(context) },
    { name: "drills", run: () => followUpDrills(context) },
    { name: "digest", run: () => postDigest(context) },
    { name: "refused_calls", run: more },
    { name: "restored_backup", run: compare },
  ];
  return {
    run: async () => {
      const isMinutelyDue = now() - minutelyAt >= MINUTELY_MS;
      await withUrgency("upkeep", () => runner.runAll(isMinutelyDue ? [...often, ...minutely] : often));
      if (isMinutelyDue) minutelyAt = now();
    },
    stuck: runner.stuck,
  };
}
