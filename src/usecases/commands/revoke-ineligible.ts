import type { SystemReason } from "../../domain/events/catalogue/bypass.js";
import { neverBypassed } from "../../domain/policy/policy.js";
import type { AppContext } from "../app-context.js";
import { eachOf } from "../each-of.js";
import { handleCommand } from "../handle-command.js";
import type { OpenBypass } from "../ports/ports.js";

/**
 * Ends open bypasses that are no longer allowed: those of a gate that the policy in force marks `never_bypass`, and
 * those of a requester whose account is deactivated. Runs after each policy change, when Slack reports a changed
 * account, and once a minute.
 */
export async function revokeIneligible(context: AppContext): Promise<void> {
  const { policy } = context.policy.current();
  const { bypasses } = await context.queries.openInBrief(neverBypassed(policy));
  await eachOf(
    context,
    "guard",
    bypasses,
    ({ n }) => n,
    async (bypass) => {
      if (bypass.isForbidden) await end(context, bypass, "gate_never_bypass");
      else if (await isDeactivated(context, bypass.requesterUser)) await end(context, bypass, "requester_deactivated");
    },
  );
}

async function isDeactivated(context: AppContext, user: string): Promise<boolean> {
  const account = await context.directory.account(user);
  return account !== null && account.accountStatus === "deactivated";
}

async function end(context: AppContext, bypass: OpenBypass, why: SystemReason): Promise<void> {
  await handleCommand(context, {
    n: bypass.n,
    // Nobody can guess it, so nobody can use it up. A bypass that is over is not ended again.
    commandId: `guard:${context.random.hex(12)}`,
    make: () => ({ type: "end_by_system", why }),
  });
}
