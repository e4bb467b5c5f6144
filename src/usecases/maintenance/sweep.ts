import { fold } from "../../domain/bypass/evolve.js";
import { nextLookAt } from "../../domain/review/follow-up.js";
import type { AppContext } from "../app-context.js";
import type { EffectContext } from "../delivery/effect-context.js";
import { performEffect } from "../delivery/perform-effect.js";
import { eachOf } from "../each-of.js";
import { handleCommand } from "../handle-command.js";
import { createSetAside } from "./skip-failing.js";
import type { Step } from "./steps.js";

/** Does what is due on one bypass; does nothing otherwise. */
export async function tick(context: AppContext, n: number): Promise<void> {
  const commandId = `tick:${context.random.hex(12)}`;
  await handleCommand(context, { n, commandId, make: () => ({ type: "tick" }) });
}

/**
 * Sends the reminders that are due for one bypass's review and actions. When none is due (the policy has changed, say,
 * or the office is closed), schedules the next check, or each sweep would find the bypass again.
 */
export async function followUp(context: AppContext, n: number): Promise<void> {
  const commandId = `follow-up:${context.random.hex(12)}`;
  const handled = await handleCommand(context, { n, commandId, make: () => ({ type: "follow_up" }) });
  if (handled.ok || handled.refusal.code !== "nothing_due") return;
  const { entries, now } = await context.ledger.load(n);
  const state = fold(entries);
  if (state === null) return;
  const at = nextLookAt(context.policy.current().policy, state, now.toISOString());
  await context.ledger.scheduleFollowUp(n, state.version, at);
  if (at !== null) context.wake.followUp(n, new Date(at));
}

/** More reviews than this are hardly ever open at once; the rest keep their old time until it comes. */
const MAX_PLANNED = 5_000;

/** Schedules all reminders again after a policy change, because some may now be due earlier. */
export async function replanFollowUps(context: AppContext): Promise<void> {
  const planned = await context.queries.planned(MAX_PLANNED);
  await eachOf(
    context,
    "plan",
    planned,
    (n) => n,
    (n) => followUp(context, n),
  );
}

const BATCH = 200;
/** The most batches of one kind in one sweep: the policy file and the minutely checks run between two sweeps. */
const MAX_BATCHES = 25;

/**
 * Finds what is due in PostgreSQL and does it, so that no work depends on a wake-up from the queue: one step for each kind
 * of work, so that messages that hang in Slack do not keep a bypass from ending. Runs in each process every few seconds;
 * sweeps of several processes do not conflict.
 */
export function sweepSteps(effectContext: EffectContext): readonly Step[] {
  const { context } = effectContext;
  const { queries, outbox } = context;
  return [
    sweepOf(context, "sweep.tick", queries.due, (n) => tick(context, n)),
    sweepOf(context, "sweep.follow_up", queries.followUps, (n) => followUp(context, n)),
    sweepOf(context, "sweep.effect", outbox.claimable, (id) => performEffect(effectContext, id)),
  ];
}

/** Continues while batches are full, because a backlog must not wait for the next sweep. */
function sweepOf<T extends string | number>(
  context: AppContext,
  name: string,
  find: (limit: number) => Promise<readonly T[]>,
  handle: (id: T) => Promise<void>,
): Step {
  const aside = createSetAside();
  const run = async (): Promise<void> => {
    aside.nextSweep();
    for (let batch = 1; batch <= MAX_BATCHES; batch += 1) {
      const found = await aside.notYetTried(name, find, BATCH);
      const failed = await eachOf(context, name, found, (id) => id, handle);
      for (const id of failed) aside.failed(name, id);
      if (found.length < BATCH) return;
    }
  };
  return { name, run };
}
