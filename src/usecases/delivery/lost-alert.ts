import { type Bypass, MOST_ALERTS_LOST, postedAlert } from "../../domain/bypass/state.js";
import type { AppContext } from "../app-context.js";
import { handleCommand } from "../handle-command.js";
import type { Delivery, Posted } from "../ports/ports.js";

/** Whether Slack refused because the message, or the first one of the thread, is gone. */
export const isGone = (delivery: Delivery): boolean =>
  !delivery.ok && delivery.kind === "refused" && delivery.message === "gone";

/** Whether the alert was deleted and is about to be posted anew. */
export const awaitsNewAlert = (state: Bypass): boolean => state.alert === null && state.alertsLost > 0;

/** Whether there is no message of the alert, because the last one was deleted. */
export const isLost = (state: Bypass): boolean => state.alertsLost > 0 && postedAlert(state) === null;

/** Whether the alert is not posted again, because each message of it was deleted. */
export const isGivenUp = (state: Bypass): boolean => state.alertsLost > MOST_ALERTS_LOST;

/** Tries again once the new alert stands in the channel. */
export const NEW_ALERT_AWAITED = { ok: false, kind: "later", retryAfterMs: 500, code: "alert_lost" } as const;

/** Records that the alert's message is gone, once however many notice it; it is then posted anew. */
export async function recordAlertLost(context: AppContext, n: number, { channel, ts }: Posted): Promise<void> {
  await handleCommand(context, {
    n,
    commandId: `alert-lost:${n}:${channel}:${ts}`,
    make: () => ({ type: "record_alert_lost", at: { channel, ts } }),
  });
}

/**
 * Slack reports a deleted message. The alert of a request or an active bypass is posted anew at once. That of one which
 * is over is left alone until there is something to tell, because channels are tidied up.
 */
export async function messageDeleted(context: AppContext, at: Posted): Promise<void> {
  const bypass = await context.queries.atMessage(at.channel, at.ts);
  if (bypass === null) return;
  const { n } = bypass;
  const record = await context.queries.record(n);
  const isOpen = record?.state.status === "requested" || record?.state.status === "active";
  if (record !== null && isOpen && postedAlert(record.state)?.ts === at.ts) await recordAlertLost(context, n, at);
}
