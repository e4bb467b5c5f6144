import type { Effect } from "../../domain/bypass/effects.js";
import { isUnanswered } from "../../domain/bypass/state.js";
import { isQuiet } from "../../domain/drill/quiet.js";
import { handleCommand } from "../handle-command.js";
import type { Audience, BypassRecord, ClaimedEffect } from "../ports/ports.js";
import { type Deliverer, fail, finish, retry } from "./outbox-results.js";

/** How often a role is looked up before the failure is put on record; at the longest wait this is some minutes. */
const PAGE_TRIES = 10;

type PageEffect = Extract<Effect, { kind: "page" }>;

/**
 * Rings everyone who holds a role: whom the pager addresses goes on record first, and the direct messages follow from that
 * entry. `page` climbs the escalation, `ask` tells those who may ack besides.
 */
export async function sendPage(
  deliverer: Deliverer,
  claimed: ClaimedEffect,
  effect: PageEffect,
  record: BypassRecord,
): Promise<void> {
  const { core, pager } = deliverer;
  if (!isUnanswered(record.state)) return finish(core, claimed, {}, "skipped");
  if (isQuiet(core.policy.current().policy, record.state, record.now)) {
    if (effect.purpose === "ask") return finish(core, claimed, {}, "skipped");
    await putOnRecord(deliverer, claimed, effect, { kind: "failed", code: "outside_office_hours" });
    return finish(core, claimed, {}, "done");
  }
  const audience = await pager.audience({ role: effect.role, record });
  if (audience.kind === "later" && claimed.attempt < PAGE_TRIES)
    return retry(core, claimed, { ok: false, ...audience });
  if (audience.kind === "addressed") {
    const users =
      effect.purpose === "ask"
        ? await notAskedOtherwise(deliverer, record, effect.role, audience.users)
        : audience.users;
    await putOnRecord(deliverer, claimed, effect, { kind: "addressed", users });
    return finish(core, claimed, {}, "done");
  }
  await putOnRecord(deliverer, claimed, effect, audience);
  return fail(core, claimed, audience.code);
}

async function putOnRecord(
  { core, pager }: Deliverer,
  claimed: ClaimedEffect,
  { role, step, purpose }: PageEffect,
  audience: Audience,
): Promise<void> {
  await handleCommand(core, {
    n: claimed.n,
    commandId: `effect:${claimed.id}`,
    make: () =>
      audience.kind === "addressed"
        ? { type: "address_page", purpose, role, step, users: audience.users }
        : { type: "record_page", step, role, user: null, via: pager.name, failure: audience.code },
  });
}

/** Who holds a role that is paged, or one that was asked before, gets that message and not a second one. */
async function notAskedOtherwise(
  { pager }: Deliverer,
  record: BypassRecord,
  role: string,
  users: readonly string[],
): Promise<readonly string[]> {
  const { state } = record;
  const pagedFirst = state.steps.filter((step) => step.afterSeconds === 0).map((step) => step.role);
  const earlier = [...pagedFirst, ...state.ack.roles.slice(0, state.ack.roles.indexOf(role))].filter((r) => r !== role);
  const others = await Promise.all(earlier.map((other) => pager.audience({ role: other, record })));
  const reached = new Set(others.flatMap((audience) => (audience.kind === "addressed" ? audience.users : [])));
  return users.filter((user) => !reached.has(user));
}
