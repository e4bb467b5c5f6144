import { ackFigures } from "../../domain/notices/acks.js";
import { lastWeekly } from "../../domain/review/reminders.js";
import type { Core } from "../core.js";
import { readGates } from "../gates/look.js";
import type { Board } from "../ports.js";
import { recordNotice } from "./record-notice.js";

const DAY_MS = 24 * 60 * 60 * 1000;
const WEEK_MS = 7 * DAY_MS;
/** One that was missed for longer is left out: the next one is near. */
const LATEST_MS = 6 * DAY_MS;

/** Lets the weekly digest be posted once its moment has come; once per week, however many processes look. */
export async function postDigest(core: Core): Promise<void> {
  const { digest, officeHours } = core.policy.current().policy;
  if (digest.channel === null) return;
  const now = (await core.ledger.now()).toISOString();
  const slot = lastWeekly(digest, officeHours.timezone, now);
  const commandId = `digest:${slot}`;
  if (Date.parse(now) - Date.parse(slot) > LATEST_MS || (await core.ledger.known(commandId))) return;
  const begunAt = await core.queries.begunAt();
  if (begunAt === null || begunAt >= slot) return;
  const { channel } = digest;
  await recordNotice(core, { fact: { type: "digest.told", slot, channel } }, commandId, [
    { kind: "digest.post", channel, slot },
  ]);
}

/** What the digest tells of the week before its slot. */
export async function digestOf(core: Core, channel: string, slot: string): Promise<Board> {
  const from = new Date(Date.parse(slot) - WEEK_MS).toISOString();
  const [counts, acked, { now, readings }] = await Promise.all([
    core.queries.week(from, slot),
    core.queries.acked(from, slot),
    readGates(core, null),
  ]);
  const unwell = readings.filter(({ temperature }) => temperature !== "healthy");
  return { kind: "digest", channel, from, slot, now, counts, acks: ackFigures(acked), readings: unwell };
}
