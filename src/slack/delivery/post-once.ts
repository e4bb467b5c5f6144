import type { WebClient } from "@slack/web-api";
import { z } from "zod";
import type { BypassRecord, Delivery, Posted } from "../../usecases/ports/ports.js";
import type { MessageBody } from "../messages/context.js";
import { ambiguous, attemptIf, classify, type Failure, refused } from "./classify.js";

/** The type of the message metadata that identifies a post whose answer was lost. */
export const METADATA_EVENT = "breakglass_message";

/** The metadata of a post: its outbox row and, for one about a bypass, the newest entry that it shows. */
export function metadataOf(outboxId: string, newest: { readonly seq: number; readonly head: string } | undefined) {
  const position = newest === undefined ? {} : { seq: newest.seq, head: newest.head };
  return { event_type: METADATA_EVENT, event_payload: { outbox_id: outboxId, ...position } };
}

/** How far the clocks of the database and of Slack may differ, in milliseconds. */
const CLOCK_ALLOWANCE_MS = 60_000;
const PAGE_SIZE = 200;

const page = z.object({
  messages: z.array(
    z.object({
      ts: z.string(),
      metadata: z
        .object({ event_type: z.string(), event_payload: z.record(z.string(), z.unknown()) })
        .optional()
        .catch(undefined),
    }),
  ),
  response_metadata: z.object({ next_cursor: z.string().optional() }).optional(),
});

/** The place of a message. */
export interface PostTarget {
  readonly channel: string;
  /** The thread that it replies in; `null` at the top level. */
  readonly threadTs: string | null;
}

/** How to find a post again, and whether an earlier attempt may have succeeded. */
export interface OutboxPost {
  readonly outboxId: string;
  /** When the outbox row was written. */
  readonly createdAt: Date;
  readonly readBack: boolean;
  /** Asked last: while this process did not count as alive, another one may have posted the message. */
  readonly stillMine: () => boolean;
  /** The record that a post about a bypass is rendered from. */
  readonly record?: BypassRecord;
}

const accepted = z.object({
  channel: z.string(),
  ts: z.string(),
  message: z.object({ thread_ts: z.string().optional() }).optional(),
});

export interface PostOptions {
  /** Show a reply in the channel as well. */
  readonly broadcast?: boolean;
  /** A reply whose thread is gone is taken back and refused with `thread_not_found`. */
  readonly strayIsRefused?: boolean;
}

/** Posts the message unless an earlier attempt has already posted it. */
export async function postOnce(
  client: WebClient,
  to: PostTarget,
  post: OutboxPost,
  content: () => Promise<MessageBody | Failure>,
  { broadcast = false, strayIsRefused = false }: PostOptions = {},
): Promise<Delivery> {
  const earlier = post.readBack ? await findEarlier(client, to, post) : null;
  if (earlier !== null) return earlier;
  const message = await content();
  if ("ok" in message) return message;
  return attemptIf(post.stillMine, async () => {
    const answer = await client.chat.postMessage({ ...message, ...commonFields(post, to, broadcast) });
    const { channel, ts, message: shown } = accepted.parse(answer);
    const isStray = to.threadTs !== null && strayIsRefused && shown !== undefined && shown.thread_ts === undefined;
    if (!isStray) return { ok: true, posted: { channel, ts } };
    // Slack posts a reply to a deleted message in the channel itself, and says so only here.
    await client.chat.delete({ channel, ts });
    return refused("thread_not_found");
  });
}

/** The fields common to every post: the destination, the metadata to find it again, and no link previews. */
function commonFields({ outboxId, record }: OutboxPost, { channel, threadTs }: PostTarget, broadcast: boolean) {
  const common = {
    channel,
    unfurl_links: false,
    unfurl_media: false,
    metadata: metadataOf(outboxId, record?.entries.at(-1)),
  };
  if (threadTs === null) return common;
  return { ...common, thread_ts: threadTs, reply_broadcast: broadcast };
}

/** The post of an earlier attempt whose answer was lost, or why the lookup failed; `null` when there is none. */
export async function findEarlier(
  client: WebClient,
  to: PostTarget,
  { outboxId, createdAt }: OutboxPost,
): Promise<Delivery | null> {
  try {
    const found = await readBack(client, to, outboxId, createdAt);
    return found === null ? null : { ok: true, posted: found, found: true };
  } catch (fault) {
    const failure = classify(fault);
    // Slack refuses the lookup permanently. A duplicate is better than a lost message.
    if (failure.kind === "refused") return null;
    return failure.kind === "later" ? failure : ambiguous(failure.code);
  }
}

/**
 * Looks for the post with that outbox id, from one minute before its outbox row was written until now.
 * @throws the errors of Slack's client
 */
async function readBack(
  client: WebClient,
  place: PostTarget,
  outboxId: string,
  createdAt: Date,
): Promise<Posted | null> {
  const oldest = ((createdAt.getTime() - CLOCK_ALLOWANCE_MS) / 1000).toFixed(6);
  let cursor = "";
  do {
    const query = {
      channel: place.channel,
      oldest,
      limit: PAGE_SIZE,
      include_all_metadata: true,
      ...(cursor === "" ? {} : { cursor }),
    };
    const answer =
      place.threadTs === null
        ? await client.conversations.history(query)
        : await client.conversations.replies({ ...query, ts: place.threadTs });
    const { messages, response_metadata } = page.parse(answer);
    const found = messages.find(
      ({ metadata }) => metadata?.event_type === METADATA_EVENT && metadata.event_payload.outbox_id === outboxId,
    );
    if (found !== undefined) return { channel: place.channel, ts: found.ts };
    cursor = response_metadata?.next_cursor ?? "";
  } while (cursor !== "");
  return null;
}
