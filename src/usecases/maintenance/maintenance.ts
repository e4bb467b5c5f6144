import { lookAtGates } from "../commands/flag-gates.js";
import { revokeIneligible } from "../commands/revoke-ineligible.js";
import type { EffectContext } from "../delivery/outbox-results.js";
import { postDigest } from "./digest.js";
import { followUpDrills } from "./drills.js";
import { followUpGates } from "./gates.js";
import { planAnew, sweep } from "./sweep.js";

/** Slack tells of most deactivated accounts at once; this finds those that it did not tell of. */
const GUARD_EVERY_MS = 60_000;

export interface MaintenanceOptions {
  readonly effectContext: EffectContext;
  /** Takes over a changed policy file; says whether another policy is in force now. */
  readonly renewPolicy: () => Promise<boolean>;
  /** Epoch milliseconds. */
  readonly now: () => number;
  readonly onNewPolicy: () => void;
}

/** All that one process does every few seconds: what is due, the policy's file, and once a minute the guard, the gates, the drills and the digest. */
export function createMaintenance({
  effectContext,
  renewPolicy,
  now,
  onNewPolicy,
}: MaintenanceOptions): () => Promise<void> {
  const { context } = effectContext;
  let guardedAt = 0;
  const renew = async (): Promise<void> => {
    if (!(await renewPolicy())) return;
    await revokeIneligible(context);
    await planAnew(context);
    onNewPolicy();
  };
  const often = [() => sweep(effectContext), renew];
  const minutely = [
    () => revokeIneligible(context),
    () => lookAtGates(context, null),
    () => followUpGates(context),
    () => followUpDrills(context),
    () => postDigest(context),
  ];
  return async () => {
    const isTime = now() - guardedAt >= GUARD_EVERY_MS;
    await each(isTime ? [...often, ...minutely] : often);
    if (isTime) guardedAt = now();
  };
}

/** All in order, whatever becomes of the others: what is wrong with one gate must hold no digest up. Throws the first fault at the end. */
async function each(steps: readonly (() => Promise<void>)[]): Promise<void> {
  const faults: unknown[] = [];
  for (const step of steps) {
    await step().catch((fault: unknown) => faults.push(fault));
  }
  if (faults.length > 0) throw faults[0];
}
