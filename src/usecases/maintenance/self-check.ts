import type { Outbox, PolicySource, Queries } from "../ports/ports.js";

/** An alert that is not posted within this time counts as missing. */
const ALERT_MISSING_AFTER_MS = 30_000;

interface ForOpen {
  readonly queries: Pick<Queries, "openInBrief">;
}

/** True when an open bypass has been without its alert for 30 seconds. */
export async function alertsMissing({ queries }: ForOpen): Promise<boolean> {
  const { now, bypasses } = await queries.openInBrief([]);
  return bypasses.some(
    ({ alertTs, declaredAt }) => alertTs === null && now.getTime() - Date.parse(declaredAt) > ALERT_MISSING_AFTER_MS,
  );
}

interface ForPolicy {
  readonly queries: Pick<Queries, "policyOnRecord">;
  readonly policy: PolicySource;
}

/** True when the last policy in the trail is not the one in force here: another instance has another file. */
export async function policyDiffers({ queries, policy }: ForPolicy): Promise<boolean> {
  return (await queries.policyOnRecord())?.hash !== policy.current().hash;
}

interface ForWorkload {
  readonly queries: Pick<Queries, "openInBrief" | "overdue" | "webhookBacklog">;
  readonly outbox: Pick<Outbox, "backlog">;
  readonly policy: PolicySource;
}

/**
 * The outbox backlog (the age of the oldest row is in seconds), the open bypasses, what is overdue, and what
 * waits for the webhooks of the policy.
 */
export async function workload({ queries, outbox, policy }: ForWorkload) {
  const [backlog, open, overdue, waiting] = await Promise.all([
    outbox.backlog(),
    queries.openInBrief([]),
    queries.overdue(),
    queries.webhookBacklog(),
  ]);
  const active = open.bypasses.filter((bypass) => bypass.status === "active").length;
  return {
    ...backlog,
    requested: open.bypasses.length - active,
    active,
    overdueReviews: overdue.reviews,
    overdueActions: overdue.actions,
    // Of the policy only: whoever has the run-time password can queue rows for any name.
    webhooks: policy
      .current()
      .policy.webhooks.map(
        ({ name }) =>
          waiting.find(({ webhook }) => webhook === name) ?? { webhook: name, waiting: 0, oldestSeconds: 0 },
      ),
  };
}
