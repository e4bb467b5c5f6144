import type { WebClient } from "@slack/web-api";
import { z } from "zod";
import type { Posted } from "../../usecases/ports/ports.js";

/** The type of the message metadata that identifies a post whose answer was lost. */
export const METADATA_EVENT = "breakglass_message";

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

/**
 * Looks for the post with that outbox id, from one minute before its outbox row was written until now.
 * @throws the errors of Slack's client
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
