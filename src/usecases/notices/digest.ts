import { type Acked, ackFigures } from "../../domain/notices/acks.js";
import { lastWeekly, weekUntil } from "../../domain/notices/week.js";
import type { Policy } from "../../domain/policy/policy.js";
import { personOf } from "../../domain/policy/roles.js";
import { nextOfficeMoment } from "../../domain/review/office-hours.js";
import { DAY_MS } from "../../domain/time.js";
import type { Core } from "../core.js";
import { readGates } from "../gates/look.js";
import type { NoticeContent } from "../ports.js";
import { recordNotice } from "./record-notice.js";

/** One that was missed for longer is left out: the next one is near. */
const LATEST_MS = 6 * DAY_MS;

/** Lets the weekly digest be posted once its moment has come; once per week, however many processes look. */
export async function postDigest(core: Core): Promise<void> {
  const { digest, officeHours } = core.policy.current().policy;
  if (digest.channel === null) return;
  const now = (await core.ledger.now()).toISOString();
  // On a holiday it waits for the next office day.
  const weekly = new Date(lastWeekly(digest, officeHours.timezone, now));
  const slot = nextOfficeMoment(weekly, officeHours).toISOString();
  const commandId = `digest:${slot}`;
  if (slot > now || Date.parse(now) - Date.parse(slot) > LATEST_MS || (await core.ledger.known(commandId))) return;
  const begunAt = await core.queries.begunAt();
  if (begunAt === null || begunAt >= slot) return;
  const { channel } = digest;
  await recordNotice(core, { fact: { type: "digest.told", slot, channel } }, commandId, [
    { kind: "digest.post", channel, slot },
  ]);
}

/** What the digest tells: of the week up to its regular moment, even where that was a holiday. */
export async function digestOf(core: Core, channel: string, slot: string): Promise<NoticeContent> {
  const { policy } = core.policy.current();
  const { digest, officeHours } = policy;
  const { from, to } = weekUntil(digest, officeHours.timezone, slot);
  const [counts, acked, { now, readings }] = await Promise.all([
    core.queries.week(from, to),
    core.queries.acked(from, to),
    readGates(core, null),
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
