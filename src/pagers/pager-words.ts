import { bypassName } from "../domain/events/names.js";
import type { PagerNotification } from "../usecases/ports/ports.js";

/** PagerDuty takes 1,024 characters, and counts them its own way; nobody reads that many on a lock screen. */
const SUMMARY_MAX = 500;

/** What somebody reads who is woken: ids of the policy and of the bypass, never what a person wrote. */
export function summaryOf({ record, role, step }: PagerNotification): string {
  const { path, gates, incident, ack } = record.state;
  const asks = ack.needed === 0 ? "is active and asks for help" : "waits for an approval";
  const who = role === null ? "" : `; ${step === 0 ? "paged" : "escalated to"}: ${role}`;
  const why = incident === null ? "" : ` for ${incident}`;
  const summary = `${bypassName(record.n)} ${asks}: ${path} (${gates.join(", ")})${why}${who}`;
  return Array.from(summary).slice(0, SUMMARY_MAX).join("");
}

/** The facts by which the page is found in the trail again. */
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
