import { weekUntil } from "../../domain/calendar/week.js";
import { type Acked, ackFigures } from "../../domain/notices/ack-figures.js";
import type { Policy } from "../../domain/policy/policy.js";
import { personOf } from "../../domain/policy/roles.js";
import type { AppContext } from "../app-context.js";
import type { NoticeContent } from "../ports/ports.js";
import { readGates } from "./gates.js";

/** The content of the digest: the week up to its regular time, even when that falls on a holiday. */
export async function digestOf(context: AppContext, channel: string, slot: string): Promise<NoticeContent> {
  const { policy } = context.policy.current();
  const { digest, officeHours } = policy;
  const { from, to } = weekUntil(digest, officeHours.timezone, slot);
  const [counts, acked, { now, readings }] = await Promise.all([
    context.queries.week(from, to),
    context.queries.acked(from, to),
    readGates(context, null),
  ]);
  const notHealthy = readings.filter(({ temperature }) => temperature !== "healthy");
  return {
    kind: "digest",
    channel,
    from,
    slot,
    now,
    counts,
    acks: ackFigures(acked.map((ack) => withCurrentPersons(policy, ack))),
    readings: notHealthy,
  };
}

/** Counts accounts that the policy has since assigned to one person as that person. */
function withCurrentPersons(policy: Policy, acked: Acked): Acked {
  // The person of an unlisted account is named by the account itself.
  const approvers = [...new Set(acked.approvers.map((name) => personOf(policy, name)))];
  return { ...acked, requester: personOf(policy, acked.requester), approvers };
}
