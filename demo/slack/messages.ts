import { fillIds } from "./block-kit/fill-ids.js";
import { notifiesChannel } from "./broadcast.js";
import type { JsonObject } from "./json.js";
import type { Recorder } from "./recorder.js";
import type { Ephemeral, Message } from "./types.js";

/** A message to be posted. */
export interface Draft {
  readonly channel: string;
  readonly user: string;
  readonly text: string;
  readonly blocks?: readonly JsonObject[];
  readonly bot_id?: string;
  readonly thread_ts?: string;
  readonly metadata?: JsonObject;
  readonly files?: readonly JsonObject[];
  readonly reply_broadcast?: boolean;
}

/** The new content of a message. Metadata stays when it is left out. */
export interface Revision {
  readonly text: string;
  readonly blocks: readonly JsonObject[];
  readonly metadata?: JsonObject | null;
}

interface Setup {
  readonly recorder: Recorder;
  readonly now: () => number;
  readonly timestamp: () => string;
  readonly blockId: () => string;
}

/** The messages of all channels. A stored message is never changed in place, only replaced. */
export class Messages {
  readonly #channels = new Map<string, Map<string, Message>>();
  readonly #deleted = new Set<string>();
  readonly #setup: Setup;

  constructor(setup: Setup) {
    this.#setup = setup;
  }

  /** The messages of a channel, oldest first, replies among them. */
  list(channel: string): Message[] {
    return [...(this.#channels.get(channel)?.values() ?? [])];
  }

  get(channel: string, ts: string): Message | undefined {
    return this.#channels.get(channel)?.get(ts);
  }

  /** Whether there was such a message. */
  wasDeleted(channel: string, ts: string): boolean {
    return this.#deleted.has(`${channel} ${ts}`);
  }

  /** Restores the messages of an earlier double. */
  putBack(messages: readonly Message[]): void {
    for (const message of messages) this.#put(message);
  }

  post(draft: Draft): Message {
    const blocks = fillIds(draft.blocks ?? [], this.#setup.blockId);
    const message: Message = {
      ...draft,
      blocks,
      ts: this.#setup.timestamp(),
      broadcast: notifiesChannel(draft.text, blocks),
    };
    this.#store("posted", message);
    return message;
  }

  update(old: Message, revision: Revision, editor: string): Message {
    const { metadata: kept, ...rest } = old;
    const metadata = revision.metadata === undefined ? kept : (revision.metadata ?? undefined);
    const blocks = fillIds(revision.blocks, this.#setup.blockId);
    const message: Message = {
      ...rest,
      text: revision.text,
      blocks,
      broadcast: notifiesChannel(revision.text, blocks),
      edited: { user: editor, ts: this.#setup.timestamp() },
      ...(metadata === undefined ? {} : { metadata }),
    };
    this.#store("updated", message);
    return message;
  }

  delete(message: Message): void {
    this.#channels.get(message.channel)?.delete(message.ts);
    this.#deleted.add(`${message.channel} ${message.ts}`);
    this.#setup.recorder.add("messages", { kind: "deleted", at: this.#setup.now(), message });
  }

  /** Shows a message to one person only. */
  postEphemeral(
    to: Pick<Ephemeral, "channel" | "user" | "text" | "via" | "thread_ts">,
    blocks: readonly JsonObject[],
  ): Ephemeral {
    const filled = fillIds(blocks, this.#setup.blockId);
    const broadcast = notifiesChannel(to.text, filled);
    const ephemeral: Ephemeral = { ...to, ephemeral: true, ts: this.#setup.timestamp(), blocks: filled, broadcast };
    this.#setup.recorder.addEphemeral(ephemeral);
    return ephemeral;
  }

  /** Replaces the content of an ephemeral message. */
  updateEphemeral(old: Ephemeral, text: string, blocks: readonly JsonObject[]): void {
    const filled = fillIds(blocks, this.#setup.blockId);
    this.#setup.recorder.replaceEphemeral({ ...old, text, blocks: filled, broadcast: notifiesChannel(text, filled) });
  }

  #store(kind: "posted" | "updated", message: Message): void {
    this.#put(message);
    this.#setup.recorder.add("messages", { kind, at: this.#setup.now(), message });
  }

  #put(message: Message): void {
    const channel = this.#channels.get(message.channel) ?? new Map<string, Message>();
    channel.set(message.ts, message);
    this.#channels.set(message.channel, channel);
  }
}
