import { nextOfficeMoment } from "../../domain/calendar/office-hours.js";
import { DAY_MS } from "../../domain/calendar/time.js";
import { lastWeekly } from "../../domain/calendar/week.js";
import { noticesOf } from "../../domain/notices/notices-of.js";
import type { AppContext } from "../app-context.js";
import { recordNotice } from "../record-system.js";

/** A digest that is later than this is skipped, because the next one is near. */
const MAX_DELAY_MS = 6 * DAY_MS;

/** Queues the weekly digest when it is due: once per week, however many processes check. */
export async function postDigest(context: AppContext): Promise<void> {
  const { digest, officeHours } = context.policy.current().policy;
  if (digest.channel === null) return;
  const now = (await context.ledger.now()).toISOString();
  // A digest due on a holiday waits for the next office day.
  const weekly = new Date(lastWeekly(digest, officeHours.timezone, now));
  const slot = nextOfficeMoment(weekly, officeHours).toISOString();
  const commandId = `digest:${slot}`;
  if (slot > now || Date.parse(now) - Date.parse(slot) > MAX_DELAY_MS) return;
  if (await context.ledger.known(commandId, "digest.queued")) return;
  const begunAt = await context.queries.begunAt();
  if (begunAt === null || begunAt >= slot) return;
  const { channel } = digest;
  const event = { type: "digest.queued", slot, channel } as const;
  await recordNotice(context, { event }, commandId, noticesOf(event));
}
