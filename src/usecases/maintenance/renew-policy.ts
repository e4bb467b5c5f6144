import type { Core } from "../app-context.js";
import { endWhatMayNotBe } from "../commands/revoke-ineligible.js";
import type { RenewablePolicy } from "../ports/ports.js";
import { type Instance, policyRefused, recordPolicy } from "./lifecycle.js";
import { planAnew } from "./sweep.js";

/**
 * Takes a changed policy over. It goes on record first and is in force after that; what could not be recorded comes again
 * with the next sweep. @returns whether another policy is in force now
 */
export async function renewPolicy(core: Core, policy: RenewablePolicy, instance: Instance): Promise<boolean> {
  const candidate = await policy.refresh();
  if (candidate === null) return false;
  if (candidate.kind === "refused") {
    await policyRefused(core, instance, candidate.hash, candidate.errors.length);
    policy.accept(candidate);
    return false;
  }
  await recordPolicy(core, candidate.policy);
  policy.accept(candidate);
  core.log.info("policy.in_force", { hash: candidate.policy.hash });
  await endWhatMayNotBe(core);
  await planAnew(core);
  return true;
}
