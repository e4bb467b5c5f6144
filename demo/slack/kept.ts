import { z } from "zod";
import type { Ephemeral, Message, OpenView } from "./types.js";
import type { World } from "./world.js";

const block = z.record(z.string(), z.unknown());
/** The double wrote the stored value itself, so only the fields that it depends on are checked. */
const message = z.custom<Message>((value) => placed.safeParse(value).success);
const ephemeral = z.custom<Ephemeral>(
  (value) => placed.extend({ ephemeral: z.literal(true) }).safeParse(value).success,
);
const view = z.custom<OpenView>((value) => shown.safeParse(value).success);
const placed = z.object({
  channel: z.string(),
  ts: z.string(),
  user: z.string(),
  text: z.string(),
  blocks: z.array(block),
});
const shown = z.object({ id: z.string(), userId: z.string(), type: z.literal("home"), blocks: z.array(block) });

/** A workspace as it is stored and restored: its contents, but not its people and not what is in flight. */
export const keptWorkspace = z.object({
  /** The number of the last identifier. */
  lastId: z.int().positive(),
  /** Direct messages, with the ids that the bot knows. */
  directs: z.array(z.object({ id: z.string(), members: z.array(z.string()) })),
  messages: z.array(message),
  ephemerals: z.array(ephemeral),
  homes: z.array(view),
  uploads: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      title: z.string(),
      altText: z.string(),
      channel: z.string().optional(),
      base64: z.string(),
    }),
  ),
});

export type KeptWorkspace = z.infer<typeof keptWorkspace>;

/** The current contents of the workspace. */
export function keep({ workspace, messages, recorder, views, lastId }: World): KeptWorkspace {
  const channels = [...workspace.channels.values()];
  return {
    lastId: lastId(),
    directs: channels.flatMap(({ id, kind, members }) => (kind === "im" ? [{ id, members: [...members] }] : [])),
    messages: channels.flatMap(({ id }) => messages.list(id)),
    ephemerals: recorder.ephemerals.filter(({ deleted }) => deleted === undefined),
    homes: views.homes(),
    uploads: recorder.uploads.map(({ content, ...upload }) => ({ ...upload, base64: content.toString("base64") })),
  };
}

/** Restores the contents into a new workspace. */
export function putBack({ workspace, messages, recorder, views }: World, kept: KeptWorkspace): void {
  for (const direct of kept.directs) workspace.putDirect(direct.id, direct.members);
  messages.putBack(kept.messages);
  views.putBack(kept.homes);
  recorder.ephemerals = [...kept.ephemerals];
  recorder.uploads = kept.uploads.map(({ base64, channel, ...upload }) => ({
    ...upload,
    content: Buffer.from(base64, "base64"),
    ...(channel === undefined ? {} : { channel }),
  }));
}

/** The newest timestamp of the contents, in microseconds since 1970; 0 when there are no messages. */
export function newestMicros({ messages, ephemerals }: KeptWorkspace): number {
  return Math.max(0, ...[...messages, ...ephemerals].map(({ ts }) => Math.round(Number(ts) * 1_000_000)));
}
