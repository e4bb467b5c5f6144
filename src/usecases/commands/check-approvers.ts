import type { AppContext } from "../app-context.js";
import { eachOf } from "../each-of.js";
import { handleCommand } from "../handle-command.js";

/**
 * Tells requester and channel when the policy in force leaves nobody who could approve a waiting request, and when it
 * does again. Runs after each policy change and once a minute; records nothing while nothing has changed.
 */
export async function checkApprovers(context: AppContext): Promise<void> {
  const { bypasses } = await context.queries.openInBrief([]);
  const { hash } = context.policy.current();
  await eachOf(
    context,
    "approvers",
    bypasses.filter(({ status }) => status === "requested"),
    ({ n }) => n,
    async ({ n }) => {
      const { entries } = await context.ledger.load(n);
      await handleCommand(context, {
        n,
        // The version tells apart a policy that is changed, changed back, and changed again.
        commandId: `approvers:${n}:${hash}:${entries.length}`,
        make: () => ({ type: "check_approvers", policyHash: hash }),
      });
    },
  );
}
