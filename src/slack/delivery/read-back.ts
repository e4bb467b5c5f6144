import type { WebClient } from "@slack/web-api";
import { z } from "zod";
import type { Posted } from "../../usecases/ports/ports.js";

/** The message metadata by which a post is recognised when its answer was lost. */
export const METADATA_EVENT = "breakglass_message";

/** Clocks of the database and of Slack may differ by this much, in milliseconds. */
const CLOCK_ALLOWANCE_MS = 60_000;
const PAGE = 200;

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

/** Where a message goes. */
export interface PostTarget {
  readonly channel: string;
  /** Set when it is a reply in that thread. */
  readonly threadTs: string | null;
}

/**
 * Looks for the post with that outbox id, from a minute before the outbox row was written until now.
 * @throws the client's errors, as they come
 */
export async function readBack(
  client: WebClient,
  place: PostTarget,
  outboxId: string,
  createdAt: Date,
): Promise<Posted | null> {
  const oldest = ((createdAt.getTime() - CLOCK_ALLOWANCE_MS) / 1000).toFixed(6);
  let cursor = "";
  do {
    const span = {
      channel: place.channel,
      oldest,
      limit: PAGE,
      include_all_metadata: true,
      ...(cursor === "" ? {} : { cursor }),
    };
    const answer =
      place.threadTs === null
        ? await client.conversations.history(span)
        : await client.conversations.replies({ ...span, ts: place.threadTs });
    const { messages, response_metadata } = page.parse(answer);
    const found = messages.find(
      ({ metadata }) => metadata?.event_type === METADATA_EVENT && metadata.event_payload.outbox_id === outboxId,
    );
    if (found !== undefined) return { channel: place.channel, ts: found.ts };
    cursor = response_metadata?.next_cursor ?? "";
  } while (cursor !== "");
  return null;
}
