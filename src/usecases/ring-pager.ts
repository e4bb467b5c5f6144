import type { Effect } from "../domain/bypass/effects.js";
import type { Bypass } from "../domain/bypass/state.js";
import { handleCommand } from "./handle-command.js";
import { type Deliverer, fail, finish, retry } from "./outcome.js";
import type { BypassRecord, ClaimedEffect, PageOutcome } from "./ports.js";

/** How often a role is looked up before the failure is put on record; at the longest wait this is some minutes. */
const PAGE_TRIES = 10;

/**
 * Rings everyone who holds a role. `page` goes through every pager, `ask` is a direct message only. Whom the Slack pager
 * addresses goes on record first; the direct messages follow from that entry.
 */
export async function ringPager(
  deliverer: Deliverer,
  claimed: ClaimedEffect,
  effect: Extract<Effect, { kind: "page" }>,
  record: BypassRecord,
): Promise<void> {
  const { core, pagers } = deliverer;
  const { role, rung, purpose } = effect;
  const { n, state } = record;
  if (nothingToAnswer(state)) return finish(core, claimed, {}, "skipped");
  for (const pager of purpose === "page" ? pagers : pagers.filter((p) => p.name === "slack")) {
    const outcome = await pager.page({ role, rung, record });
    if (outcome.kind === "later" && claimed.attempt < PAGE_TRIES)
      return retry(core, claimed, { ok: false, ...outcome });
    const users =
      outcome.kind === "addressed" && purpose === "ask"
        ? await notAskedOtherwise(deliverer, record, role, outcome.users)
        : undefined;
    await putOnRecord(
      deliverer,
      claimed,
      effect,
      n,
      pager.name,
      users === undefined ? outcome : { kind: "addressed", users },
    );
    if (outcome.kind !== "addressed") return fail(core, claimed, outcome.code);
  }
  return finish(core, claimed, {}, "done");
}

function nothingToAnswer(state: Bypass): boolean {
  return !(state.status === "requested" || (state.status === "active" && state.ack.needed === 0));
}

async function putOnRecord(
  deliverer: Deliverer,
  claimed: ClaimedEffect,
  effect: Extract<Effect, { kind: "page" }>,
  n: number,
  via: string,
  outcome: PageOutcome,
): Promise<void> {
  const { role, rung, purpose } = effect;
  await handleCommand(deliverer.core, {
    n,
    commandId: `effect:${claimed.id}:${via}`,
    make: () =>
      outcome.kind === "addressed"
        ? { type: "address_page", purpose, role, rung, users: outcome.users }
        : { type: "record_page", rung, role, user: null, via, failure: outcome.code },
  });
}

/** Who holds a role that is paged, or one that was asked before, gets that message and not a second one. */
async function notAskedOtherwise(
  { pagers }: Deliverer,
  record: BypassRecord,
  role: string,
  users: readonly string[],
): Promise<readonly string[]> {
  const { state } = record;
  const slack = pagers.find((pager) => pager.name === "slack");
  const pagedFirst = state.rungs.filter((rung) => rung.afterSeconds === 0).map((rung) => rung.role);
  const earlier = [...pagedFirst, ...state.ack.roles.slice(0, state.ack.roles.indexOf(role))].filter((r) => r !== role);
  const others = await Promise.all(earlier.map((other) => slack?.page({ role: other, rung: null, record })));
  const reached = new Set(others.flatMap((outcome) => (outcome?.kind === "addressed" ? outcome.users : [])));
  return users.filter((user) => !reached.has(user));
}
