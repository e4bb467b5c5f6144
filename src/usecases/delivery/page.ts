import { type Effect, RESTORED_BACKUP } from "../../domain/bypass/effects.js";
import { isUnanswered } from "../../domain/bypass/state.js";
import { isQuiet } from "../../domain/drill/quiet.js";
import { handleCommand } from "../handle-command.js";
import type { BypassRecord, ClaimedEffect } from "../ports/ports.js";
import { type Audience, audienceOf } from "./audience.js";
import type { EffectContext } from "./effect-context.js";
import { NOT_COMPARED, originOfPage } from "./from-backup.js";
import { finish, poll, RECORD_FAILURE_AFTER_MS, retry, retryForever } from "./outbox-results.js";

type PageEffect = Extract<Effect, { kind: "page" }>;

/**
 * Pages the holders of a role, as many as the path asks at once; the alert mentions the group of the others. The
 * addressed accounts are recorded first; the direct messages are effects of that entry. `page` is a step of the
 * escalation, `ask` asks the other people who may ack. A role that nobody holds, or whose holders cannot be read, is
 * recorded as a failed page once and looked up again until the request is answered.
 */
export async function sendPage(
  effectContext: EffectContext,
  claimed: ClaimedEffect,
  effect: PageEffect,
  record: BypassRecord,
): Promise<void> {
  const { context } = effectContext;
  if (!isUnanswered(record.state)) return finish(context, claimed, {}, "skipped");
  if (isQuiet(context.policy.current().policy, record.state, record.now)) {
    if (effect.purpose === "ask") return finish(context, claimed, {}, "skipped");
    await recordAudience(effectContext, claimed, effect, { kind: "failed", code: "outside_office_hours" });
    return finish(context, claimed, {}, "done");
  }
  const origin = originOfPage(effectContext, claimed, effect.step, record);
  if (origin === "unknown") return poll(context, claimed, NOT_COMPARED);
  if (origin === "backup") {
    // Whom the original has asked can still answer: its messages mean this bypass.
    if (effect.purpose === "ask") return finish(context, claimed, {}, "skipped");
    await recordAudience(effectContext, claimed, effect, { kind: "failed", code: RESTORED_BACKUP });
    return finish(context, claimed, {}, "done");
  }
  const audience = await audienceOf(context, effect.role, record);
  if (audience.kind === "addressed") {
    const users =
      effect.purpose === "ask"
        ? await notReachedOtherwise(effectContext, record, effect.role, audience.users)
        : audience.users;
    await recordAudience(effectContext, claimed, effect, { ...audience, users });
    return finish(context, claimed, {}, "done");
  }
  const age = record.now.getTime() - claimed.createdAt.getTime();
  if (audience.kind === "failed" || age >= RECORD_FAILURE_AFTER_MS)
    await recordAudience(effectContext, claimed, effect, audience);
  return audience.kind === "failed"
    ? retryForever(context, claimed, audience.code)
    : retry(context, claimed, { ok: false, ...audience });
}

async function recordAudience(
  { context }: EffectContext,
  claimed: ClaimedEffect,
  { role, step, purpose }: PageEffect,
  audience: Audience,
): Promise<void> {
  await handleCommand(context, {
    n: claimed.n,
    commandId: audience.kind === "addressed" ? `effect:${claimed.id}` : `effect:${claimed.id}:failed`,
    make: () =>
      audience.kind === "addressed"
        ? { type: "address_page", purpose, role, step, ...addressees(audience) }
        : { type: "record_page", step, role, user: null, via: "slack", failure: audience.code },
  });
}

const addressees = ({ users, named, others }: Extract<Audience, { kind: "addressed" }>) => ({ users, named, others });

/** Leaves out holders of a role that is paged or was asked earlier: they get that message, and not a second one. */
async function notReachedOtherwise(
  { context }: EffectContext,
  record: BypassRecord,
  role: string,
  users: readonly string[],
): Promise<readonly string[]> {
  const { state } = record;
  const pagedFirst = state.steps.filter((step) => step.afterSeconds === 0).map((step) => step.role);
  const earlier = [...pagedFirst, ...state.ack.roles.slice(0, state.ack.roles.indexOf(role))];
  const others = await Promise.all(earlier.map((other) => audienceOf(context, other, record)));
  const reached = new Set(others.flatMap((audience) => (audience.kind === "addressed" ? audience.users : [])));
  return users.filter((user) => !reached.has(user));
}
