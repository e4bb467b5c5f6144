import { needsApproval } from "../domain/events/catalogue/bypass.js";
import { bypassName } from "../domain/events/names.js";
import type { PagerNotification } from "../usecases/ports/ports.js";

/** In characters. PagerDuty's limit is 1,024, counted its own way, and a lock screen shows fewer. */
const SUMMARY_MAX = 500;

/** Writes the summary of a page. It holds ids of the policy and the bypass, never free text that a person wrote. */
export function summaryOf({ record, role, step }: PagerNotification): string {
  const { path, gates, incident, ack } = record.state;
  const state = needsApproval(ack) ? "waits for an approval" : "is active and asks for help";
  const who = role === null ? "" : `; ${step === 0 ? "paged" : "escalated to"}: ${role}`;
  const why = incident === null ? "" : ` for ${incident}`;
  const summary = `${bypassName(record.n)} ${state}: ${path} (${gates.join(", ")})${why}${who}`;
  return Array.from(summary).slice(0, SUMMARY_MAX).join("");
}

/** Returns the fields that lead from the page to the trail. */
export function detailsOf({
  record,
  role,
  step,
}: PagerNotification): Readonly<Record<string, string | number | readonly string[]>> {
  const { path, gates, incident, requester, declaredAt } = record.state;
  const newest = record.entries.at(-1);
  return {
    bypass: bypassName(record.n),
    path,
    gates,
    ...(incident === null ? {} : { incident }),
    requester: requester.user,
    declared_at: declaredAt,
    ...(role === null ? {} : { role }),
    ...(step === null ? {} : { step }),
    ...(newest === undefined ? {} : { trail: newest.seq, head: newest.head }),
  };
}
