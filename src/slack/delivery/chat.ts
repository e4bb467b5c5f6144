import type { WebClient } from "@slack/web-api";
import { z } from "zod";
import { type MessageName, messageNameOf, parseMessageKey } from "../../domain/bypass/effects.js";
import type { BypassRecord, Chat, Delivery, NoticeContent, PolicySource, Posted } from "../../usecases/ports.js";
import type { SlackDirectory } from "../directory/directory.js";
import { permalink } from "../directory/workspace.js";
import { type MessageBody, messageContextOf, NO_LONGER_ASKED, SHARED_CHANNEL } from "../messages/context.js";
import { render, renderNotice, withoutTexts } from "../messages/render.js";
import { ambiguous, classify, type Failure, later, refused } from "./classify.js";
import { METADATA_EVENT, type PostTarget, readBack } from "./read-back.js";

type Job = Parameters<Chat["perform"]>[0];
type NoticeJob = Parameters<Chat["notice"]>[0];

export interface ChatSettings {
  /** Made by `createWebClient`: one try per call, 5 s, rate limits told at once. */
  readonly client: WebClient;
  readonly directory: Pick<SlackDirectory, "sharing" | "channelId" | "home">;
  readonly policy: PolicySource;
}

/** How soon to ask again whether a channel is shared, before its alert is posted without reason and target. */
const SHARING_RETRY_MS = 1000;

/** How soon to look again whether the alert, in whose thread a reply belongs, has been posted. */
const NO_ALERT_MS = 1000;

const posted = z.object({ channel: z.string(), ts: z.string() });
const opened = z.object({ channel: z.object({ id: z.string() }) });

/** What a try to post is found again by, and whether an earlier one may have got through. */
type Try = Pick<Job, "outboxId" | "createdAt" | "readBack">;

/** Where a message goes, and whether people's texts may be shown there. */
type Destination = PostTarget & { readonly texts: boolean };

/** Posts, finds again and brings up to date what a bypass looks like in Slack. */
export function createChat({ client, directory, policy }: ChatSettings): Chat {
  /** Direct messages by account; Slack never changes the id of one. */
  const directs = new Map<string, string>();

  async function openDirect(user: string): Promise<string> {
    const known = directs.get(user);
    if (known !== undefined) return known;
    const { channel } = opened.parse(await client.conversations.open({ users: user }));
    directs.set(user, channel.id);
    return channel.id;
  }

  async function destinationOf({ effect, record, alert, readBack: again }: Job): Promise<Destination | Delivery> {
    switch (effect.kind) {
      case "dm.post":
        return { channel: await openDirect(effect.to), threadTs: null, texts: true };
      case "thread.post":
        // Its own lane may be faster than the alert's.
        if (alert === null) return later("no_alert", NO_ALERT_MS);
        return place(alert.channel, alert.ts, again);
      case "alert.post":
        if (alert !== null) return { ok: true, posted: alert, found: true };
        return place(await channelOf(record.state.channel), null, again);
      default:
        return effect satisfies never;
    }
  }

  /** Not knowing is worth one more try; then the message goes out without the texts rather than not at all. */
  async function place(channel: string, threadTs: string | null, again: boolean): Promise<Destination | Delivery> {
    const shared = await directory.sharing(channel);
    if (shared === null && !again) return later("sharing_unknown", SHARING_RETRY_MS);
    return { channel, threadTs, texts: shared === false };
  }

  async function body(
    name: MessageName,
    record: BypassRecord,
    texts: boolean,
    alert: Posted | null,
  ): Promise<MessageBody> {
    const isDirect = name.place === "direct";
    const alertLink = isDirect && alert !== null ? permalink(await directory.home(), alert) : null;
    const withheldBecause = isDirect ? NO_LONGER_ASKED : SHARED_CHANNEL;
    return render(name, messageContextOf(record, policy.current().policy, { texts, withheldBecause, alertLink }));
  }

  /** The post of an earlier try, whose answer was lost, or why it cannot be looked for now; `null`: it is not there. */
  async function earlierAt(to: PostTarget, { outboxId, createdAt }: Try): Promise<Delivery | null> {
    try {
      const found = await readBack(client, to, outboxId, createdAt);
      return found === null ? null : { ok: true, posted: found, found: true };
    } catch (fault) {
      const failure = classify(fault);
      // Slack forbids the look for good: a message is rather doubled than lost.
      if (failure.kind === "refused") return null;
      return failure.kind === "later" ? failure : ambiguous(failure.code);
    }
  }

  /** Posts what is drawn, unless an earlier try is found to have done so. */
  async function postOnce(
    to: PostTarget,
    which: Try,
    drawing: () => Promise<MessageBody | Failure>,
    broadcast = false,
  ): Promise<Delivery> {
    const earlier = which.readBack ? await earlierAt(to, which) : null;
    if (earlier !== null) return earlier;
    const message = await drawing();
    if ("ok" in message) return message;
    return attempt(async () => {
      const answer = await client.chat.postMessage({ ...message, ...framing(which.outboxId, to, broadcast) });
      return { ok: true, posted: posted.parse(answer) };
    });
  }

  async function perform(job: Job): Promise<Delivery> {
    const to = await attempt(() => destinationOf(job));
    if ("ok" in to) return to;
    const drawing = () => body(messageNameOf(job.effect), job.record, to.texts, job.alert);
    return postOnce(to, job, drawing, isBroadcast(job));
  }

  async function update({ message, at, record, withheld = false }: Parameters<Chat["update"]>[0]): Promise<Delivery> {
    const name = parseMessageKey(message);
    if (name === null) return refused("no_such_message");
    const shared = name.place === "direct" ? false : await directory.sharing(at.channel);
    if (shared === null) return later("sharing_unknown", SHARING_RETRY_MS);
    const { alert } = record.state;
    const drawn = await body(name, record, !shared && !withheld, alert !== null && "ts" in alert ? alert : null);
    return attempt(async () => {
      await client.chat.update({ channel: at.channel, ts: at.ts, ...drawn });
      return { ok: true, posted: at };
    });
  }

  async function find(job: Job): Promise<Delivery | null> {
    const to = await attempt(() => destinationOf(job));
    return "ok" in to ? to : earlierAt(to, job);
  }

  async function notice(job: NoticeJob): Promise<Delivery> {
    const { content, thread } = job;
    const to = await attempt(async (): Promise<PostTarget> => {
      if (thread !== null) return { channel: thread.channel, threadTs: thread.ts };
      const channel = content.kind === "waits" ? await openDirect(content.to) : await channelOf(content.channel);
      return { channel, threadTs: null };
    });
    return "ok" in to ? to : postOnce(to, job, () => drawn(content, to.channel));
  }

  async function updateNotice({ at, content }: Parameters<Chat["updateNotice"]>[0]): Promise<Delivery> {
    const message = await drawn(content, at.channel);
    if ("ok" in message) return message;
    return attempt(async () => {
      await client.chat.update({ channel: at.channel, ts: at.ts, ...message });
      return { ok: true, posted: at };
    });
  }

  /** What people typed stays within the organisation, as in the alert. */
  async function drawn(content: NoticeContent, channel: string): Promise<MessageBody | Failure> {
    const shared = content.kind === "waits" ? false : await directory.sharing(channel);
    if (shared === null) return later("sharing_unknown", SHARING_RETRY_MS);
    return renderNotice(shared ? withoutTexts(content) : content, policy.current().policy);
  }

  const channelOf = async (named: string): Promise<string> => (await directory.channelId(named)) ?? named;

  return { perform, find, update, notice, updateNotice };
}

/** Calls Slack; a fault of the call becomes its meaning. Drawing stays outside: a fault of ours must not look like Slack's. */
async function attempt<T>(call: () => Promise<T>): Promise<T | Failure> {
  try {
    return await call();
  } catch (fault) {
    return classify(fault);
  }
}

const isBroadcast = ({ effect }: Job): boolean => effect.kind === "thread.post" && effect.broadcast;

/** What goes with every post: its place, the mark by which it is found again, and no previews of links. */
function framing(outboxId: string, { channel, threadTs }: PostTarget, broadcast: boolean) {
  const common = {
    channel,
    unfurl_links: false,
    unfurl_media: false,
    metadata: { event_type: METADATA_EVENT, event_payload: { outbox_id: outboxId } },
  };
  if (threadTs === null) return common;
  return { ...common, thread_ts: threadTs, reply_broadcast: broadcast };
}
