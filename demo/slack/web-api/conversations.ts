import type { JsonObject } from "../json.js";
import type { Channel, Message } from "../types.js";
import type { World } from "../world.js";
import { flagArg, page, textArg } from "./args.js";
import { readableChannel } from "./find.js";
import { type Methods, needScope, SlackError } from "./method.js";
import { channelShape, messageShape } from "./shapes.js";

function open(world: World, args: JsonObject): JsonObject {
  const { workspace } = world;
  const users = (textArg(args, "users") ?? "").split(",").filter((id) => id !== "");
  const known = textArg(args, "channel");
  if (known !== undefined) return { channel: channelShape(readableChannel(world, args, "read"), world) };
  if (users.length === 0) throw new SlackError("users_list_not_supplied");
  needScope(world, users.length === 1 ? "im:write" : "mpim:write");
  for (const id of users) {
    const person = workspace.people.get(id);
    if (person === undefined) throw new SlackError("user_not_found");
    if (person.deactivated === true) throw new SlackError("user_disabled");
    if (person.bot === true) throw new SlackError("cannot_dm_bot");
  }
  const before = workspace.channels.size;
  const channel = users.length === 1 ? workspace.direct(users[0] ?? "") : workspace.groupMessage(users);
  const already = workspace.channels.size === before ? { no_op: true, already_open: true } : {};
  return { ...already, channel: flagArg(args, "return_im") ? channelShape(channel, world) : { id: channel.id } };
}

function members(world: World, args: JsonObject): JsonObject {
  const channel = readableChannel(world, args, "read");
  const everyone = [...channel.members, ...(channel.botIsMember ? [world.identity.botUserId] : [])];
  const { items, response_metadata } = page(everyone, args, 100, 999);
  return { members: items, response_metadata };
}

/** `users.conversations` without `user`: the channels that the bot is a member of. */
function memberships(world: World, args: JsonObject): JsonObject {
  return listed(world, args, ({ botIsMember }) => botIsMember);
}

function listChannels(world: World, args: JsonObject): JsonObject {
  return listed(world, args, ({ kind, botIsMember }) => kind === "public" || botIsMember);
}

function listed(world: World, args: JsonObject, isVisible: (channel: Channel) => boolean): JsonObject {
  const kinds = new Map([
    ["public_channel", ["public", "channels:read"]],
    ["private_channel", ["private", "groups:read"]],
    ["im", ["im", "im:read"]],
    ["mpim", ["mpim", "mpim:read"]],
  ]);
  const wanted = (textArg(args, "types") ?? "public_channel").split(",").map((type) => {
    const found = kinds.get(type.trim());
    if (found === undefined) throw new SlackError("invalid_types");
    needScope(world, found[1] ?? "");
    return found[0];
  });
  const visible = [...world.workspace.channels.values()].filter(
    (channel) =>
      wanted.includes(channel.kind) && isVisible(channel) && !(channel.archived && flagArg(args, "exclude_archived")),
  );
  const { items, response_metadata } = page(visible, args, 100, 999);
  return { channels: items.map((channel) => channelShape(channel, world)), response_metadata };
}

function within(args: JsonObject): (message: Message) => boolean {
  const oldest = Number(args.oldest ?? 0);
  const latest = Number(args.latest ?? Number.POSITIVE_INFINITY);
  const inclusive = flagArg(args, "inclusive");
  return ({ ts }) => {
    const at = Number(ts);
    return inclusive ? at >= oldest && at <= latest : at > oldest && at < latest;
  };
}

function withReplies(message: Message, all: readonly Message[]): JsonObject {
  const replies = all.filter((one) => one.thread_ts === message.ts && one.ts !== message.ts);
  if (replies.length === 0) return {};
  return { thread_ts: message.ts, reply_count: replies.length, latest_reply: replies.at(-1)?.ts };
}

function history(world: World, args: JsonObject): JsonObject {
  const channel = readableChannel(world, args, "history");
  const all = world.messages.list(channel.id);
  const top = all.filter(
    (one) => one.thread_ts === undefined || one.thread_ts === one.ts || one.reply_broadcast === true,
  );
  const { items, more, response_metadata } = page(top.filter(within(args)).reverse(), args, 100, 999);
  const metadata = flagArg(args, "include_all_metadata");
  const messages = items.map((one) => ({ ...messageShape(one, metadata, world.identity), ...withReplies(one, all) }));
  return { messages, has_more: more, pin_count: 0, response_metadata };
}

function replies(world: World, args: JsonObject): JsonObject {
  const channel = readableChannel(world, args, "history");
  const named = world.messages.get(channel.id, textArg(args, "ts") ?? "");
  if (named === undefined) throw new SlackError("thread_not_found");
  const root = named.thread_ts ?? named.ts;
  const all = world.messages.list(channel.id);
  const inRange = within(args);
  const thread = all.filter((one) => one.ts === root || (one.thread_ts === root && inRange(one)));
  const { items, more, response_metadata } = page(thread, args, 1000, 1000);
  const metadata = flagArg(args, "include_all_metadata");
  const messages = items.map((one) => ({ ...messageShape(one, metadata, world.identity), ...withReplies(one, all) }));
  return { messages, has_more: more, response_metadata };
}

const pages = ["cursor", "limit"];
const span = ["channel", "include_all_metadata", "inclusive", "latest", "oldest", ...pages];

/** conversations.*, and the list of conversations that the bot is in. */
export const conversations: Methods = {
  "conversations.open": { args: ["channel", "prevent_creation", "return_im", "users"], run: open },
  "conversations.info": {
    required: ["channel"],
    args: ["channel", "include_locale", "include_num_members"],
    run: (world, args) => ({ channel: channelShape(readableChannel(world, args, "read"), world) }),
  },
  "conversations.members": { required: ["channel"], args: ["channel", ...pages], run: members },
  "conversations.list": { args: ["exclude_archived", "team_id", "types", ...pages], run: listChannels },
  "users.conversations": { args: ["exclude_archived", "team_id", "types", "user", ...pages], run: memberships },
  "conversations.history": { required: ["channel"], args: span, run: history },
  "conversations.replies": { required: ["channel", "ts"], args: [...span, "ts"], run: replies },
};
