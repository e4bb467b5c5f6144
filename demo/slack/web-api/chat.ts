import type { JsonObject } from "../json.js";
import { eventPayload, messageEvent, receivesMessages } from "../payloads.js";
import type { Message } from "../types.js";
import type { World } from "../world.js";
import { flagArg, textArg } from "./args.js";
import { contentArg, metadataArg } from "./content.js";
import { channelById, destination, messageOf, threadArg } from "./find.js";
import { type Methods, SlackError } from "./method.js";
import { messageShape } from "./shapes.js";

const MAX_POST = 40_000;
const MAX_UPDATE = 4_000;
const looks = ["as_user", "icon_emoji", "icon_url", "username", "link_names", "parse"];
const content = ["channel", "text", "markdown_text", "blocks", "attachments"];

function post(world: World, args: JsonObject): JsonObject {
  const channel = destination(world, textArg(args, "channel"));
  const words = contentArg(world, "chat.postMessage", args, MAX_POST);
  const metadata = metadataArg(args);
  const thread = threadArg(world, channel, args);
  const message = world.messages.post({
    channel: channel.id,
    user: world.identity.botUserId,
    bot_id: world.identity.botId,
    ...words,
    ...(metadata == null ? {} : { metadata }),
    ...(thread === undefined ? {} : { thread_ts: thread }),
    ...(thread !== undefined && flagArg(args, "reply_broadcast") ? { reply_broadcast: true } : {}),
  });
  if (world.echoOwnMessages && receivesMessages(world, channel)) {
    const event = eventPayload(world, messageEvent(world, message, channel));
    // Slack too drops an echo when no bot is connected.
    world.delivery.deliver("events_api", event).catch(() => undefined);
  }
  return { channel: channel.id, ts: message.ts, message: messageShape(message, true, world.identity) };
}

function ownMessage(world: World, args: JsonObject, refusal: string): Message {
  const message = messageOf(world, args);
  if (message.bot_id !== world.identity.botId) throw new SlackError(refusal);
  return message;
}

function update(world: World, args: JsonObject): JsonObject {
  const message = ownMessage(world, args, "cant_update_message");
  if (channelById(world, message.channel).archived) throw new SlackError("is_inactive");
  const words = contentArg(world, "chat.update", args, MAX_UPDATE);
  const metadata = metadataArg(args);
  const revision = { ...words, ...(metadata === undefined ? {} : { metadata }) };
  const updated = world.messages.update(message, revision, world.identity.botUserId);
  const shape = messageShape(updated, true, world.identity);
  return { channel: updated.channel, ts: updated.ts, text: updated.text, message: shape };
}

function postEphemeral(world: World, args: JsonObject): JsonObject {
  const channel = destination(world, textArg(args, "channel"));
  const user = textArg(args, "user") ?? "";
  if (!world.workspace.people.has(user)) throw new SlackError("user_not_found");
  if (!channel.members.includes(user)) throw new SlackError("user_not_in_channel");
  const { text, blocks } = contentArg(world, "chat.postEphemeral", args, MAX_POST);
  const thread = threadArg(world, channel, args);
  const where = { channel: channel.id, user, text, via: "postEphemeral" as const };
  const shown = world.messages.postEphemeral(
    { ...where, ...(thread === undefined ? {} : { thread_ts: thread }) },
    blocks,
  );
  return { message_ts: shown.ts };
}

function remove(world: World, args: JsonObject): JsonObject {
  const message = ownMessage(world, args, "cant_delete_message");
  world.messages.delete(message);
  return { channel: message.channel, ts: message.ts };
}

function permalink(world: World, args: JsonObject): JsonObject {
  const message = messageOf(world, args, "message_ts");
  const thread = message.thread_ts === undefined ? "" : `?thread_ts=${message.thread_ts}&cid=${message.channel}`;
  const place = `archives/${message.channel}/p${message.ts.replace(".", "")}`;
  return { channel: message.channel, permalink: `https://${world.identity.teamDomain}.slack.com/${place}${thread}` };
}

/** chat.* */
export const chat: Methods = {
  "chat.postMessage": {
    scopes: ["chat:write"],
    required: ["channel"],
    args: [...content, ...looks, "metadata", "mrkdwn", "reply_broadcast", "thread_ts", "unfurl_links", "unfurl_media"],
    run: post,
  },
  "chat.update": {
    scopes: ["chat:write"],
    required: ["channel", "ts"],
    args: [...content, "as_user", "file_ids", "link_names", "metadata", "parse", "reply_broadcast", "ts"],
    run: update,
  },
  "chat.postEphemeral": {
    scopes: ["chat:write"],
    required: ["channel", "user"],
    args: [...content, ...looks, "thread_ts", "user"],
    run: postEphemeral,
  },
  "chat.delete": {
    scopes: ["chat:write"],
    required: ["channel", "ts"],
    args: ["channel", "ts", "as_user"],
    run: remove,
  },
  "chat.getPermalink": { required: ["channel", "message_ts"], args: ["channel", "message_ts"], run: permalink },
};
