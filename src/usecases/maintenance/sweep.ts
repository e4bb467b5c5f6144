import { fold } from "../../domain/bypass/evolve.js";
import type { Bypass } from "../../domain/bypass/state.js";
import { DAY_MS } from "../../domain/calendar/time.js";
import { followUpAt } from "../../domain/review/follow-up.js";
import type { AppContext } from "../app-context.js";
import type { EffectContext } from "../delivery/outbox-results.js";
import { performEffect } from "../delivery/perform-effect.js";
import { eachOf } from "../each-of.js";
import { handleCommand } from "../handle-command.js";

/** Does whatever has become due on one bypass; harmless when nothing has. */
export async function tick(context: AppContext, n: number): Promise<void> {
  const commandId = `tick:${context.random.hex(12)}`;
  await handleCommand(context, { n, commandId, make: () => ({ type: "tick" }) });
}

/**
 * Reminds whoever has to be reminded of one bypass's review and actions. When nobody has to be (the policy has changed, say,
 * or it is night), it says when to look again: else the sweep would come across it at each turn.
 */
export async function followUp(context: AppContext, n: number): Promise<void> {
  const commandId = `follow-up:${context.random.hex(12)}`;
  const handled = await handleCommand(context, { n, commandId, make: () => ({ type: "follow_up" }) });
  if (handled.ok || handled.refusal.code !== "nothing_due") return;
  const { entries, now } = await context.ledger.load(n);
  const state = fold(entries);
  if (state === null) return;
  const at = withinAWeek(state, followUpAt(context.policy.current().policy, state, now.toISOString()), now);
  await context.ledger.lookAgain(n, state.version, at);
  if (at !== null) context.wake.followUp(n, new Date(at));
}

const WEEK_MS = 7 * DAY_MS;

/** While anything is open somebody looks every week, whatever a policy plans: it may plan otherwise by then. */
function withinAWeek(state: Bypass, at: string | null, now: Date): string | null {
  const review = state.review?.status === "open" && "endedAt" in state;
  if (!review && !state.review?.actions.some(({ status }) => status === "open")) return at;
  const latest = new Date(now.getTime() + WEEK_MS).toISOString();
  return at === null || at > latest ? latest : at;
}

/** More reviews than this are never open at once; the others are looked at when their old moment comes. */
const MOST_PLANNED = 5_000;

/** After a change of the policy: reminders that have moved, earlier ones above all, are planned anew. */
export async function planAnew(context: AppContext): Promise<void> {
  const planned = await context.queries.planned(MOST_PLANNED);
  await eachOf(
    context,
    "plan",
    planned,
    (n) => n,
    (n) => followUp(context, n),
  );
}

const BATCH = 200;
/** So many batches in one sweep at most: the policy's file and the guard are looked at between two sweeps. */
const BATCHES = 25;

/**
 * The floor under every wake-up: finds what is due in PostgreSQL alone and does it, batch after batch while there are full
 * ones, since a backlog must not wait for the next sweep. Runs in each process every few seconds; several at once get in
 * nobody's way.
 */
export async function sweep(effectContext: EffectContext): Promise<void> {
  for (let batch = 1; batch <= BATCHES; batch += 1) {
    if (!(await sweepBatch(effectContext))) return;
  }
}

/** True when there may be more. */
async function sweepBatch(effectContext: EffectContext): Promise<boolean> {
  const { context } = effectContext;
  const due = await context.queries.due(BATCH);
  await eachOf(
    context,
    "sweep.tick",
    due,
    (n) => n,
    (n) => tick(context, n),
  );
  const followUps = await context.queries.followUps(BATCH);
  await eachOf(
    context,
    "sweep.follow_up",
    followUps,
    (n) => n,
    (n) => followUp(context, n),
  );
  const effects = await context.outbox.claimable(BATCH);
  await eachOf(
    context,
    "sweep.effect",
    effects,
    (id) => id,
    (id) => performEffect(effectContext, id),
  );
  return effects.length === BATCH || followUps.length === BATCH;
}
