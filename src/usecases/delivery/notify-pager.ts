import { type Effect, RESTORED_BACKUP } from "../../domain/bypass/effects.js";
import { type Bypass, isUnanswered } from "../../domain/bypass/state.js";
import { DAY_MS } from "../../domain/calendar/time.js";
import { bypassName } from "../../domain/events/names.js";
import { handleCommand } from "../handle-command.js";
import { bypassOfRecord } from "../ports/bypass-ref.js";
import type { BypassRecord, ClaimedEffect, PagerResult } from "../ports/ports.js";
import { TAKEN_OVER } from "../ports/taken-over.js";
import type { EffectContext, HeldEffect } from "./effect-context.js";
import { NOT_COMPARED, originOfPage } from "./from-backup.js";
import { fail, finish, poll, RECORD_FAILURE_AFTER_MS } from "./outbox-results.js";

type NotifyEffect = Extract<Effect, { kind: "notify" }>;

/** How many hex digits of a bypass's identity stand in the key of its incident. */
const INCIDENT_DIGITS = 12;
/** How long a notification waits for its alert to be posted, so that it can link to it. */
const WAIT_FOR_ALERT_MS = 2_000;
const ALERT_POLL_MS = 200;
/** The delay before a retry equals the age of the notification, within these bounds. */
const RETRY_MS = { least: 1_000, most: 30_000 };
/** The longest wait that a pager may ask for: somebody is needed now. */
const MAX_RETRY_AFTER_MS = 5 * 60_000;
/** How long a refused `acknowledge` or `resolve` is retried. */
const RETRY_END_FOR_MS = DAY_MS;

/**
 * Notifies an external pager. The key is the same every time, so that a notification repeated after a lost answer or a
 * crash belongs to the same incident. A failed page is recorded once and retried until the request is answered.
 */
export async function notifyPager(
  effectContext: EffectContext,
  claimed: HeldEffect,
  effect: NotifyEffect,
  record: BypassRecord,
): Promise<void> {
  const { context } = effectContext;
  if (isObsolete(effect, record.state)) return finish(context, claimed, {}, "skipped");
  if (effect.action === "trigger" && alertMayStillArrive(claimed, record)) {
    return poll(context, claimed, { ok: false, kind: "later", retryAfterMs: ALERT_POLL_MS, code: "alert_not_posted" });
  }
  if (effect.action === "trigger") {
    const origin = originOfPage(effectContext, claimed, effect.step, record);
    if (origin === "unknown") return poll(context, claimed, NOT_COMPARED);
    if (origin === "backup") {
      // The original has opened the incident. Once it is resolved, a second trigger would wake people for nothing.
      await recordFailure(context, claimed, effect, RESTORED_BACKUP);
      return fail(context, claimed, RESTORED_BACKUP);
    }
  }
  const result = await notify(effectContext, claimed, effect, record);
  if (!result.ok) return retryOrFail(effectContext, claimed, effect, record, result);
  const { action, step, pager: via } = effect;
  await handleCommand(context, {
    n: claimed.n,
    commandId: `effect:${claimed.id}`,
    make: () => ({ type: "record_notified", action, step, via }),
  });
  return finish(context, claimed, {}, "done");
}

/**
 * An answered request triggers no page. An end is always sent: an earlier trigger may have been accepted although its
 * answer was lost.
 */
function isObsolete({ action }: NotifyEffect, state: Bypass): boolean {
  if (action === "trigger") return !isUnanswered(state);
  return action === "acknowledge" && state.status !== "active";
}

function alertMayStillArrive({ createdAt }: ClaimedEffect, { state, now }: BypassRecord): boolean {
  return state.alert === null && ageMs({ createdAt }, { now }) < WAIT_FOR_ALERT_MS;
}

/** Measured by the database's clock, so that the wait for the alert and the retries share one scale. */
const ageMs = ({ createdAt }: Pick<ClaimedEffect, "createdAt">, { now }: Pick<BypassRecord, "now">): number =>
  Math.max(0, now.getTime() - createdAt.getTime());

async function notify(
  { context, pagers, linkTo }: EffectContext,
  { stillMine }: HeldEffect,
  effect: NotifyEffect,
  record: BypassRecord,
): Promise<PagerResult> {
  const pager = pagers.find(({ name }) => name === effect.pager);
  // Another instance may have this pager configured, or this one had it before a restart.
  if (pager === undefined) return { ok: false, kind: "refused", code: "not_set_up_here" };
  const [installation, link] = await Promise.all([context.queries.installation(), linkTo(record)]);
  // The number alone would reach the incident of another bypass once a backup was restored and numbers are given again.
  const identity = bypassOfRecord(record).identity.slice(0, INCIDENT_DIGITS);
  const key = `breakglass-${installation}-${identity}-${bypassName(record.n)}`;
  const { action, step, role } = effect;
  if (!stillMine()) return { ok: false, kind: "later", retryAfterMs: 0, code: TAKEN_OVER };
  return pager.notify({ action, key, step, role, record, link });
}

async function retryOrFail(
  { context }: EffectContext,
  claimed: ClaimedEffect,
  effect: NotifyEffect,
  record: BypassRecord,
  failure: Extract<PagerResult, { ok: false }>,
): Promise<void> {
  const { code, kind } = failure;
  if (code === TAKEN_OVER) return poll(context, claimed, { ok: false, kind: "later", retryAfterMs: 0, code });
  const age = ageMs(claimed, record);
  if (effect.action === "trigger") {
    if (kind === "refused" || age >= RECORD_FAILURE_AFTER_MS) await recordFailure(context, claimed, effect, code);
  } else if (kind === "refused" && (!wasTriggered(effect, record) || age >= RETRY_END_FOR_MS)) {
    // A pager that was never triggered needs no end; after a day of refusals somebody has ended the incident by hand.
    return fail(context, claimed, code);
  }
  const requestedMs = kind === "refused" ? RETRY_MS.most : failure.retryAfterMs;
  const retryAfterMs = Math.min(
    requestedMs ?? Math.min(Math.max(age, RETRY_MS.least), RETRY_MS.most),
    MAX_RETRY_AFTER_MS,
  );
  return poll(context, claimed, { ok: false, kind: "later", retryAfterMs, code });
}

const wasTriggered = ({ pager }: NotifyEffect, { entries }: BypassRecord): boolean =>
  entries.some(({ event }) => event.type === "pager.notified" && event.action === "trigger" && event.via === pager);

async function recordFailure(
  context: EffectContext["context"],
  claimed: ClaimedEffect,
  { step, role, pager: via }: NotifyEffect,
  failure: string,
): Promise<void> {
  await handleCommand(context, {
    n: claimed.n,
    commandId: `effect:${claimed.id}:failed`,
    make: () => ({ type: "record_page", step, role, user: null, via, failure }),
  });
}
