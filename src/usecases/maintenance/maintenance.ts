import { lookAtGates } from "../commands/flag-gates.js";
import { endWhatMayNotBe } from "../commands/revoke-ineligible.js";
import type { Deliverer } from "../delivery/outbox-results.js";
import { postDigest } from "./digest.js";
import { followUpDrills } from "./drills.js";
import { followUpGates } from "./gates.js";
import { planAnew, sweep } from "./sweep.js";

/** Slack tells of most deactivated accounts at once; this finds those that it did not tell of. */
const GUARD_EVERY_MS = 60_000;

export interface RoundOptions {
  readonly deliverer: Deliverer;
  /** Takes over a changed policy file; says whether another policy is in force now. */
  readonly renewPolicy: () => Promise<boolean>;
  /** Epoch milliseconds. */
  readonly now: () => number;
  readonly onNewPolicy: () => void;
}

/** All that one process does every few seconds: what is due, the policy's file, and once a minute the guard, the gates, the drills and the digest. */
export function createRound({ deliverer, renewPolicy, now, onNewPolicy }: RoundOptions): () => Promise<void> {
  const { core } = deliverer;
  let guardedAt = 0;
  const renew = async (): Promise<void> => {
    if (!(await renewPolicy())) return;
    await endWhatMayNotBe(core);
    await planAnew(core);
    onNewPolicy();
  };
  const often = [() => sweep(deliverer), renew];
  const minutely = [
    () => endWhatMayNotBe(core),
    () => lookAtGates(core, null),
    () => followUpGates(core),
    () => followUpDrills(core),
    () => postDigest(core),
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
