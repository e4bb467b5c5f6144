import type { WebClient } from "@slack/web-api";
import { z } from "zod";
import { type MessageName, messageNameOf, parseMessageKey } from "../../domain/bypass/effects.js";
import { postedAlert } from "../../domain/bypass/state.js";
import type { BypassRecord, Chat, Delivery, NoticeContent, PolicySource, Posted } from "../../usecases/ports/ports.js";
import type { SlackDirectory } from "../directory/directory.js";
import { permalink } from "../directory/workspace.js";
import {
  type MessageBody,
  messageContextOf,
  NO_LONGER_ASKED,
  SHARED_CHANNEL,
  SHARING_UNKNOWN,
} from "../messages/context.js";
import { render, renderNotice, withoutTexts } from "../messages/render.js";
import { attempt, attemptIf, type Failure, later, refused } from "./classify.js";
import { findEarlier, metadataOf, type PostTarget, postOnce } from "./post-once.js";

type Job = Parameters<Chat["perform"]>[0];
type NoticeJob = Parameters<Chat["notice"]>[0];

export interface ChatSettings {
  /** From `createWebClient`: one attempt per call, timeout 5 s, rate limits reported at once. */
  readonly client: WebClient;
  readonly directory: Pick<SlackDirectory, "sharing" | "channelId" | "home">;
  readonly policy: PolicySource;
}

/** How soon to check again whether a channel is shared, before its alert goes out without reason and target. */
const SHARING_RETRY_MS = 1000;

/** How soon to check again whether the alert of a thread reply has been posted. */
const NO_ALERT_MS = 1000;

const opened = z.object({ channel: z.object({ id: z.string() }) });

/** Where a message goes, and whether it may show people's texts there. */
type Destination = PostTarget & { readonly texts: boolean; readonly withheldBecause: string };

/** Posts, finds and updates the messages about bypasses, and notices. */
export function createChat({ client, directory, policy }: ChatSettings): Chat {
  /** Ids of direct message channels by account. Slack never changes such an id. */
  const directChannels = new Map<string, string>();

  async function openDirect(user: string): Promise<string> {
    const known = directChannels.get(user);
    if (known !== undefined) return known;
    const { channel } = opened.parse(await client.conversations.open({ users: user }));
    directChannels.set(user, channel.id);
    return channel.id;
  }

  async function destinationOf({ effect, record, alert, readBack: isRetry }: Job): Promise<Destination | Delivery> {
    switch (effect.kind) {
      case "dm.post":
        return { channel: await openDirect(effect.to), threadTs: null, texts: true, withheldBecause: NO_LONGER_ASKED };
      case "thread.post":
        // The outbox row of the reply may be performed before that of the alert.
        if (alert === null) return later("no_alert", NO_ALERT_MS);
        return destinationIn(alert.channel, alert.ts, isRetry);
      case "alert.post":
        if (alert !== null) return { ok: true, posted: alert, found: true };
        return destinationIn(await channelOf(record.state.channel), null, isRetry);
      default:
        return effect satisfies never;
    }
  }

  /** When Slack cannot say whether the channel is shared, retries once, then posts without people's texts. */
  async function destinationIn(
    channel: string,
    threadTs: string | null,
    isRetry: boolean,
  ): Promise<Destination | Delivery> {
    const shared = await directory.sharing(channel);
    if (shared === null && !isRetry) return later("sharing_unknown", SHARING_RETRY_MS);
    const withheldBecause = shared === null ? SHARING_UNKNOWN : SHARED_CHANNEL;
    return { channel, threadTs, texts: shared === false, withheldBecause };
  }

  async function body(
    name: MessageName,
    record: BypassRecord,
    shown: Pick<Destination, "texts" | "withheldBecause">,
    alert: Posted | null,
  ): Promise<MessageBody> {
    const isDirect = name.place === "direct";
    const alertLink = isDirect && alert !== null ? permalink(await directory.home(), alert) : null;
    const { texts, withheldBecause } = shown;
    return render(name, messageContextOf(record, policy.current().policy, { texts, withheldBecause, alertLink }));
  }

  async function perform(job: Job): Promise<Delivery> {
    const to = await attempt(() => destinationOf(job));
    if ("ok" in to) return to;
    const content = () => body(messageNameOf(job.effect), job.record, to, job.alert);
    return postOnce(client, to, job, content, { broadcast: isBroadcast(job), strayIsRefused: true });
  }

  async function update(job: Parameters<Chat["update"]>[0]): Promise<Delivery> {
    const { message, at, record, withheld = false, stillMine } = job;
    const name = parseMessageKey(message);
    if (name === null) return refused("no_such_message");
    const shared = name.place === "direct" ? false : await directory.sharing(at.channel);
    if (shared === null) return later("sharing_unknown", SHARING_RETRY_MS);
    const withheldBecause = name.place === "direct" ? NO_LONGER_ASKED : SHARED_CHANNEL;
    const shown = { texts: !shared && !withheld, withheldBecause };
    const rendered = await body(name, record, shown, postedAlert(record.state));
    const metadata = metadataOf(at.outboxId, record.entries.at(-1));
    return attemptIf(stillMine, async () => {
      await client.chat.update({ channel: at.channel, ts: at.ts, ...rendered, metadata });
      return { ok: true, posted: { channel: at.channel, ts: at.ts } };
    });
  }

  async function find(job: Job): Promise<Delivery | null> {
    const to = await attempt(() => destinationOf(job));
    return "ok" in to ? to : findEarlier(client, to, job);
  }

  async function notice(job: NoticeJob): Promise<Delivery> {
    const { content, thread } = job;
    const to = await attempt(async (): Promise<PostTarget> => {
      if (thread !== null) return { channel: thread.channel, threadTs: thread.ts };
      const channel = content.kind === "waits" ? await openDirect(content.to) : await channelOf(content.channel);
      return { channel, threadTs: null };
    });
    return "ok" in to ? to : postOnce(client, to, job, () => noticeBody(content, to.channel));
  }

  async function updateNotice({ at, content, stillMine }: Parameters<Chat["updateNotice"]>[0]): Promise<Delivery> {
    const message = await noticeBody(content, at.channel);
    if ("ok" in message) return message;
    return attemptIf(stillMine, async () => {
      await client.chat.update({ channel: at.channel, ts: at.ts, ...message });
      return { ok: true, posted: at };
    });
  }

  async function remove(at: Posted): Promise<Delivery> {
    const removed = await attempt(async (): Promise<Delivery> => {
      await client.chat.delete({ channel: at.channel, ts: at.ts });
      return { ok: true, posted: at };
    });
    return !removed.ok && removed.kind === "refused" && removed.message === "gone" ? { ok: true, posted: at } : removed;
  }

  /** Leaves out people's texts where the channel is shared with another organisation. */
  async function noticeBody(content: NoticeContent, channel: string): Promise<MessageBody | Failure> {
    const shared = content.kind === "waits" ? false : await directory.sharing(channel);
    if (shared === null) return later("sharing_unknown", SHARING_RETRY_MS);
    return renderNotice(shared ? withoutTexts(content) : content, policy.current().policy);
  }

  const channelOf = async (nameOrId: string): Promise<string> => (await directory.channelId(nameOrId)) ?? nameOrId;

  return { perform, find, update, notice, updateNotice, remove };
}

const isBroadcast = ({ effect }: Job): boolean => effect.kind === "thread.post" && effect.broadcast;
