import type { WebClient } from "@slack/web-api";
import { z } from "zod";
import type { Published, PublishedMark } from "../../usecases/ports/ports.js";
import type { SlackDirectory } from "../directory/directory.js";
import { classify } from "./classify.js";
import { METADATA_EVENT } from "./post-once.js";

const PAGE_SIZE = 200;
/** People may have written much since the last alert; the search ends at the page that holds a message of ours. */
const MOST_PAGES = 2;

const mark = z.object({
  event_type: z.literal(METADATA_EVENT),
  event_payload: z.object({ outbox_id: z.uuid(), seq: z.int().positive(), head: z.string().regex(/^[0-9a-f]{24}$/) }),
});
const page = z.object({
  messages: z.array(z.object({ ts: z.string(), user: z.string().optional(), metadata: z.unknown() })),
  response_metadata: z.object({ next_cursor: z.string().optional() }).optional(),
});

export interface PublishedSettings {
  /** Its calls should time out within 1.5 s and never retry. */
  readonly client: WebClient;
  readonly directory: Pick<SlackDirectory, "channelId" | "home">;
}

/** Reads the positions of the trail that the bot's own messages carry in their metadata. */
export function createPublished({ client, directory }: PublishedSettings): Published {
  async function inChannel(channel: string, bot: string): Promise<readonly PublishedMark[]> {
    let cursor = "";
    for (let pages = 1; pages <= MOST_PAGES; pages += 1) {
      const query = { channel, limit: PAGE_SIZE, include_all_metadata: true, ...(cursor === "" ? {} : { cursor }) };
      const { messages, response_metadata } = page.parse(await client.conversations.history(query));
      const found = messages.flatMap(({ ts, user, metadata }) => {
        const read = user === bot ? mark.safeParse(metadata) : null;
        if (read?.success !== true) return [];
        const { outbox_id: outboxId, seq, head } = read.data.event_payload;
        return [{ channel, postedAt: new Date(Number(ts) * 1000), seq, head, outboxId }];
      });
      cursor = response_metadata?.next_cursor ?? "";
      if (found.length > 0 || cursor === "") return found;
    }
    return [];
  }

  /** What was read before a call was put off: the next attempt goes on there, however many channels there are. */
  const read = new Map<string, readonly PublishedMark[]>();

  return {
    recent: async (channels) => {
      const bot = (await directory.home())?.botUserId ?? null;
      if (bot === null) return null;
      const ids = new Set((await Promise.all(channels.map(directory.channelId))).filter((id) => id !== null));
      try {
        // One after the other: a busy workspace allows few calls a minute, and alerts need them more.
        for (const id of ids) if (!read.has(id)) read.set(id, await inChannel(id, bot).catch(unlessRefused));
        const marks = [...ids].flatMap((id) => read.get(id) ?? []);
        read.clear();
        return marks;
      } catch {
        return null;
      }
    },
  };
}

/** A channel that the bot may not read shows nothing. Any other fault means that Slack could not be asked. */
function unlessRefused(fault: unknown): readonly PublishedMark[] {
  if (classify(fault).kind === "refused") return [];
  throw fault;
}
