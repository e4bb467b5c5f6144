import type { Effect } from "../../domain/bypass/effects.js";
import { type Bypass, isUnanswered } from "../../domain/bypass/state.js";
import { DAY_MS } from "../../domain/calendar/time.js";
import { bypassName } from "../../domain/events/names.js";
import { handleCommand } from "../handle-command.js";
import type { BypassRecord, ClaimedEffect, PagerResult } from "../ports/ports.js";
import { type EffectContext, fail, finish, retry } from "./outbox-results.js";

type NotifyEffect = Extract<Effect, { kind: "notify" }>;

/** A notification waits so long for its alert to stand, so that it can link to it; whoever is woken then need not look for it. */
const FOR_THE_ALERT_MS = 2_000;
const LOOK_AGAIN_MS = 200;
/** A page that is not out by then is told as failed; it is tried on all the same. */
const TOLD_AFTER_MS = 15_000;
/** Tried again after as long as it has been waiting already, within these bounds. */
const AGAIN_MS = { least: 1_000, most: 30_000 };
/** How long a pager may ask us to wait: somebody is needed now. */
const MOST_PATIENCE_MS = 5 * 60_000;
/** How long an end is told that is refused. */
const END_TOLD_MS = DAY_MS;

/**
 * Tells an outside pager. The same key every time: a notification whose answer was lost, or that was taken before a death, is
 * step again and is the same incident. A page that failed goes on record once and is tried on while anybody is needed.
 */
export async function notifyPager(
  effectContext: EffectContext,
  claimed: ClaimedEffect,
  effect: NotifyEffect,
  record: BypassRecord,
): Promise<void> {
  const { context } = effectContext;
  if (isObsolete(effect, record.state)) return finish(context, claimed, {}, "skipped");
  if (effect.action === "trigger" && mayStillComeToStand(claimed, record)) {
    return retry(context, claimed, { ok: false, kind: "later", retryAfterMs: LOOK_AGAIN_MS, code: "alert_not_posted" });
  }
  const step = await notify(effectContext, effect, record);
  if (!step.ok) return unnotified(effectContext, claimed, effect, record, step);
  const { action, step: on, pager: via } = effect;
  await handleCommand(context, {
    n: claimed.n,
    commandId: `effect:${claimed.id}`,
    make: () => ({ type: "record_notified", action, step: on, via }),
  });
  return finish(context, claimed, {}, "done");
}

/** Nobody is step for what is answered; an end is told always, since an earlier notification may have been taken unheard. */
function isObsolete({ action }: NotifyEffect, state: Bypass): boolean {
  if (action === "trigger") return !isUnanswered(state);
  return action === "acknowledge" && state.status !== "active";
}

function mayStillComeToStand({ createdAt }: ClaimedEffect, { state, now }: BypassRecord): boolean {
  return state.alert === null && ageMs({ createdAt }, { now }) < FOR_THE_ALERT_MS;
}

/** By the database's clock, so that waiting for the alert and trying the pager count the same. */
const ageMs = ({ createdAt }: Pick<ClaimedEffect, "createdAt">, { now }: Pick<BypassRecord, "now">): number =>
  Math.max(0, now.getTime() - createdAt.getTime());

async function notify(
  { context, outside, linkTo }: EffectContext,
  effect: NotifyEffect,
  record: BypassRecord,
): Promise<PagerResult> {
  const pager = outside.find(({ name }) => name === effect.pager);
  // Another instance may have it, or may have had it before a restart.
  if (pager === undefined) return { ok: false, kind: "refused", code: "not_set_up_here" };
  const [installation, link] = await Promise.all([context.queries.installation(), linkTo(record)]);
  const key = `breakglass-${installation}-${bypassName(record.n)}`;
  const { action, step, role } = effect;
  return pager.notify({ action, key, step, role, record, link });
}

async function unnotified(
  { context }: EffectContext,
  claimed: ClaimedEffect,
  effect: NotifyEffect,
  record: BypassRecord,
  failure: Extract<PagerResult, { ok: false }>,
): Promise<void> {
  const { code, kind } = failure;
  const age = ageMs(claimed, record);
  if (effect.action === "trigger") {
    if (kind === "refused" || age >= TOLD_AFTER_MS) await putFailureOnRecord(context, claimed, effect, code);
  } else if (kind === "refused" && (!wasNotified(effect, record) || age >= END_TOLD_MS)) {
    // What never rang need not be silenced; what they refuse for a whole day, a human has silenced by now.
    return fail(context, claimed, code);
  }
  const asked = kind === "refused" ? AGAIN_MS.most : failure.retryAfterMs;
  const retryAfterMs = Math.min(asked ?? Math.min(Math.max(age, AGAIN_MS.least), AGAIN_MS.most), MOST_PATIENCE_MS);
  return retry(context, claimed, { ok: false, kind: "later", retryAfterMs, code });
}

const wasNotified = ({ pager }: NotifyEffect, { entries }: BypassRecord): boolean =>
  entries.some(({ event }) => event.type === "pager.notified" && event.action === "trigger" && event.via === pager);

async function putFailureOnRecord(
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
