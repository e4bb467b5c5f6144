import { z } from "zod";
import type { Message, SlackDouble } from "../../../demo/slack/index.js";
import type { Trail } from "./trail.js";

/** One message of the outbox, and the posts of it in the workspace. */
export interface Sent {
  readonly id: string;
  readonly n: number;
  readonly lane: string;
  /** `alert`, `thread:settled:4`, `dm:U1:ask:4`. */
  readonly key: string;
  readonly attempts: number;
  /** From the decision to the end of the delivery, in milliseconds. */
  readonly ms: number;
  /** Slack's error code, when it was given up. */
  readonly failed: string | null;
  /** The recorded channel and timestamp; `null` when the message was no longer needed. */
  readonly at: string | null;
  /** Every post with its mark, in the order of posting. */
  readonly found: readonly { readonly order: number; readonly message: Message }[];
}

const marked = z.object({ event_payload: z.object({ outbox_id: z.string() }) });

/** Every post, in the order of the decisions. */
export async function sentMessages(slack: SlackDouble, trail: Trail): Promise<readonly Sent[]> {
  const found = new Map<string, { order: number; message: Message }[]>();
  for (const [order, { kind, message }] of slack.record.messages.entries()) {
    const mark = marked.safeParse(message.metadata);
    if (kind !== "posted" || !mark.success) continue;
    const id = mark.data.event_payload.outbox_id;
    found.set(id, [...(found.get(id) ?? []), { order, message }]);
  }
  const rows = await trail.sql<Omit<Sent, "found">[]>`
    SELECT id, n, lane, message_key AS key, attempts, failed_code AS failed, posted_channel || ' ' || posted_ts AS at,
      (extract(epoch FROM done_at - created_at) * 1000)::float AS ms
    FROM breakglass.outbox WHERE effect ->> 'kind' IN ('alert.post', 'thread.post', 'dm.post') ORDER BY position`;
  return rows.map((row) => ({ ...row, found: found.get(row.id) ?? [] }));
}

/**
 * The messages that were posted twice, that are missing although the bot recorded them, or that overtook another in
 * their lane.
 */
export function faultsOf(sent: readonly Sent[]): { doubled: string[]; lost: string[]; overtaken: string[] } {
  const name = ({ n, key }: Sent) => `BG-${n} ${key}`;
  const doubled = sent.filter(({ found }) => found.length > 1).map(name);
  const lost = sent.filter(isLost).map(name);
  const newest = new Map<string, number>();
  const overtaken = sent.filter(({ n, lane, found: [first] }) => {
    if (first === undefined) return false;
    const before = newest.get(`${n} ${lane}`) ?? -1;
    newest.set(`${n} ${lane}`, Math.max(before, first.order));
    return first.order < before;
  });
  return { doubled, lost, overtaken: overtaken.map(name) };
}

/** A message that was given up is not lost: the table records it, and the trail where it matters. */
function isLost({ failed, at, found: [first] }: Sent): boolean {
  if (failed !== null) return false;
  return at === null
    ? first !== undefined
    : first === undefined || at !== `${first.message.channel} ${first.message.ts}`;
}
