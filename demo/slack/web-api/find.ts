import type { JsonObject } from "../json.js";
import type { Channel, Message } from "../types.js";
import type { World } from "../world.js";
import { textArg } from "./args.js";
import { needScope, SlackError } from "./method.js";

/** The prefix of the scopes for a conversation of this kind. */
const scopeNames = { public: "channels", private: "groups", im: "im", mpim: "mpim" } as const;

/** The conversation with that id, if the bot may know that it exists. */
export function channelById(world: World, id: string | undefined): Channel {
  const channel = id === undefined ? undefined : world.workspace.channels.get(id);
  if (channel === undefined) throw new SlackError("channel_not_found");
  if (channel.kind !== "public" && !channel.botIsMember) throw new SlackError("channel_not_found");
  return channel;
}

/** The conversation of `args.channel`, if the token may read its details (`read`) or its messages (`history`). */
export function readableChannel(world: World, args: JsonObject, what: "read" | "history"): Channel {
  const channel = channelById(world, textArg(args, "channel"));
  needScope(world, `${scopeNames[channel.kind]}:${what}`);
  if (what === "history" && !channel.botIsMember) throw new SlackError("not_in_channel");
  return channel;
}

/** The destination of a message: a channel id, a channel name, or a user id, which means their direct message. */
export function destination(world: World, to: string | undefined): Channel {
  const { workspace } = world;
  const person = to === undefined ? undefined : workspace.people.get(to);
  if (person?.deactivated === true) throw new SlackError("channel_not_found");
  if (person !== undefined) return workspace.direct(person.id);
  const named = to === undefined ? undefined : workspace.findChannel(to);
  const channel = channelById(world, named?.id);
  if (channel.archived) throw new SlackError("is_archived");
  if (!channel.botIsMember && !world.scopes.has("chat:write.public")) throw new SlackError("not_in_channel");
  return channel;
}

/** The message that `channel` and `ts` name. */
export function messageOf(world: World, args: JsonObject, key = "ts"): Message {
  const channel = channelById(world, textArg(args, "channel"));
  const message = world.messages.get(channel.id, textArg(args, key) ?? "");
  if (message === undefined) throw new SlackError("message_not_found");
  return message;
}

/**
 * The thread of a reply. Slack identifies a thread by its first message. A reply to a message that was deleted is posted
 * in the channel, without an error (slack-go/slack#1571).
 */
export function threadArg(world: World, channel: Channel, args: JsonObject): string | undefined {
  const ts = textArg(args, "thread_ts");
  if (ts === undefined) return undefined;
  if (!/^\d{10}\.\d{6}$/.test(ts)) throw new SlackError("invalid_thread_ts");
  const parent = world.messages.get(channel.id, ts);
  if (parent === undefined && world.messages.wasDeleted(channel.id, ts)) return undefined;
  if (parent === undefined) throw new SlackError("thread_not_found");
  if (parent.thread_ts !== undefined && parent.thread_ts !== ts) {
    world.recorder.violation("thread_ts_of_reply", `thread_ts ${ts} names a reply, not the first message of a thread`);
  }
  return parent.thread_ts ?? ts;
}
