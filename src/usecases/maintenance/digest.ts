import { nextOfficeMoment } from "../../domain/calendar/office-hours.js";
import { DAY_MS } from "../../domain/calendar/time.js";
import { lastWeekly } from "../../domain/calendar/week.js";
import type { AppContext } from "../app-context.js";
import { recordNotice } from "../commands/record-notice.js";

/** One that was missed for longer is left out: the next one is near. */
const LATEST_MS = 6 * DAY_MS;

/** Lets the weekly digest be posted once its moment has come; once per week, however many processes look. */
export async function postDigest(context: AppContext): Promise<void> {
  const { digest, officeHours } = context.policy.current().policy;
  if (digest.channel === null) return;
  const now = (await context.ledger.now()).toISOString();
  // On a holiday it waits for the next office day.
  const weekly = new Date(lastWeekly(digest, officeHours.timezone, now));
  const slot = nextOfficeMoment(weekly, officeHours).toISOString();
  const commandId = `digest:${slot}`;
  if (slot > now || Date.parse(now) - Date.parse(slot) > LATEST_MS || (await context.ledger.known(commandId))) return;
  const begunAt = await context.queries.begunAt();
  if (begunAt === null || begunAt >= slot) return;
  const { channel } = digest;
  await recordNotice(context, { event: { type: "digest.told", slot, channel } }, commandId, [
    { kind: "digest.post", channel, slot },
  ]);
}
