import type { Actor } from "../../domain/events/actor.js";
import type { WebhookOfPolicy } from "../../domain/policy/policy.js";
import { DELIVERABLE, matches } from "../../domain/webhooks/patterns.js";
import type { AppContext } from "../app-context.js";
import type { ReplayRange } from "../ports/ports.js";
import { recordSystem } from "../record-system.js";

const COMMAND_LINE: Actor = { kind: "system", part: "command_line" };

/** Entries in one commit. A commit holds up all others, so a long replay makes several, each with its own entry. */
const PER_COMMIT = 500;

/**
 * Has entries sent to a webhook again, those of which it is told by the policy in force. They keep their ids, so that a
 * receiver drops what it has. Who did it is not known: whoever holds the run-time password can. Each part is recorded in the
 * statement that queues it.
 * @returns how many entries are queued
 */
export async function replayWebhook(
  context: Pick<AppContext, "ledger" | "random" | "policy" | "queries">,
  { name: webhook, events }: WebhookOfPolicy,
  range: ReplayRange,
): Promise<number> {
  const types = DELIVERABLE.filter((type) => events.some((pattern) => matches(pattern, type)));
  let from = range.since;
  let queued = 0;
  for (let more = true; more; ) {
    const seqs = await context.queries.entriesToReplay({ ...range, since: from, types, limit: PER_COMMIT });
    const [firstSeq] = seqs;
    const lastSeq = seqs.at(-1);
    if (firstSeq === undefined || lastSeq === undefined) break;
    const event = { type: "webhook.replayed", webhook, firstSeq, lastSeq, count: seqs.length } as const;
    const effects = seqs.map((seq) => ({ kind: "webhook.send", webhook, seq }) as const);
    await recordSystem(context, { event }, COMMAND_LINE, `replay:${context.random.hex(12)}`, effects);
    queued += seqs.length;
    from = lastSeq + 1;
    more = seqs.length === PER_COMMIT;
  }
  return queued;
}
