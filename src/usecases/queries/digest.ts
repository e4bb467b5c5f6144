import { weekUntil } from "../../domain/calendar/week.js";
import { type Acked, ackFigures } from "../../domain/notices/acks.js";
import type { Policy } from "../../domain/policy/policy.js";
import { personOf } from "../../domain/policy/roles.js";
import type { AppContext } from "../app-context.js";
import type { NoticeContent } from "../ports/ports.js";
import { readGates } from "./gates.js";

/** What the digest tells: of the week up to its regular moment, even where that was a holiday. */
export async function digestOf(context: AppContext, channel: string, slot: string): Promise<NoticeContent> {
  const { policy } = context.policy.current();
  const { digest, officeHours } = policy;
  const { from, to } = weekUntil(digest, officeHours.timezone, slot);
  const [counts, acked, { now, readings }] = await Promise.all([
    context.queries.week(from, to),
    context.queries.acked(from, to),
    readGates(context, null),
  ]);
  const unwell = readings.filter(({ temperature }) => temperature !== "healthy");
  return {
    kind: "digest",
    channel,
    from,
    slot,
    now,
    counts,
    acks: ackFigures(acked.map((one) => asOfNow(policy, one))),
    readings: unwell,
  };
}

/** Accounts that the policy has put under one name since are one person here, too. */
function asOfNow(policy: Policy, acked: Acked): Acked {
  // An account that stood for itself was its own person's name.
  const approvers = [...new Set(acked.approvers.map((name) => personOf(policy, name)))];
  return { ...acked, requester: personOf(policy, acked.requester), approvers };
}
