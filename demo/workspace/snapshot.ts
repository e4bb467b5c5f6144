import type { CastMember } from "../cast.js";
import type { AppManifest, Ephemeral, Message, SlackDouble } from "../slack/index.js";
import type { ClockShown, ConversationShown, FileShown, MessageShown, Snapshot } from "./contract.js";
import { refusedOf } from "./refused.js";
import type { Seen } from "./seen.js";

/** The sources of a snapshot. */
export interface SnapshotOptions {
  readonly slack: SlackDouble;
  readonly app: AppManifest;
  readonly cast: readonly CastMember[];
  readonly seen: Seen;
  readonly clock: ClockShown;
}

/** The workspace as `me` sees it, without what Slack would show only to others. */
export function snapshotOf({ slack, app, cast, seen, clock }: SnapshotOptions, me: string): Snapshot {
  const parts = new Map(cast.map(({ id, part }) => [id, part]));
  return {
    me,
    bot: { user: slack.botUserId, name: app.name },
    people: slack.there
      .people()
      .filter(({ id }) => parts.has(id))
      .map((person) => ({
        ...person,
        part: parts.get(person.id) ?? "",
        waiting: seen.unread(person.id, slack.dm(person.id)),
      })),
    groups: slack.there.groups(),
    conversations: conversations(slack, app.name, seen, me),
    modals: slack.views(me),
    home: slack.home(me) ?? null,
    command: app.command,
    clock,
    refused: refusedOf(slack),
  };
}

function conversations(slack: SlackDouble, botName: string, seen: Seen, me: string): ConversationShown[] {
  // Created when it is first opened, as in Slack.
  const own = slack.dm(me);
  const whispers = slack.ephemerals(me);
  return slack.there
    .conversations(me)
    .filter(({ id, kind }) => kind !== "im" || id === own)
    .map(({ id, name, kind }) => ({
      id,
      name: kind === "im" ? botName : name,
      kind,
      unread: seen.unread(me, id),
      messages: [
        ...slack.messages(id).map((message) => shown(message, slack)),
        ...whispers.filter(({ channel }) => channel === id).map(whispered),
      ].sort((a, b) => Number(a.ts) - Number(b.ts)),
    }));
}

function filesOf({ files = [] }: Message, { uploads }: SlackDouble["record"]): FileShown[] {
  return files.flatMap((file) => {
    const upload = uploads.find(({ id }) => id === file.id);
    if (upload === undefined) return [];
    const { id, title, altText, content } = upload;
    return [{ id, title, altText, ...sizeOf(content) }];
  });
}

/** The size of a PNG in pixels, from its first chunk. With it the page does not move when the picture loads. */
const sizeOf = (png: Buffer) =>
  png.length < 24 ? { width: 0, height: 0 } : { width: png.readUInt32BE(16), height: png.readUInt32BE(20) };

const shown = (message: Message, { record }: SlackDouble): MessageShown => ({
  ...common(message),
  files: filesOf(message, record),
  edited: message.edited !== undefined,
  broadcast: message.reply_broadcast === true,
  onlyYou: false,
});

const whispered = (message: Ephemeral): MessageShown => ({
  ...common(message),
  user: "",
  files: [],
  edited: false,
  broadcast: false,
  onlyYou: true,
});

const common = ({ channel, ts, thread_ts, user, text, blocks }: Message | Ephemeral) => ({
  channel,
  ts,
  threadTs: thread_ts ?? null,
  user,
  text,
  blocks,
});
