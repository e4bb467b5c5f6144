import type { JsonObject } from "./json.js";
import type { Channel, Message } from "./types.js";
import type { World } from "./world.js";

/**
 * Thrown for what a person cannot do in Slack's client, such as pressing a missing button or picking a missing option.
 */
export class PersonCannot extends Error {}

/** The fields of every interaction. */
export function interactionBase(world: World, userId: string): JsonObject {
  const { identity, workspace } = world;
  const person = workspace.person(userId);
  const { enterpriseId, orgInstall } = identity;
  return {
    token: "verification-token",
    api_app_id: identity.appId,
    team: orgInstall ? null : { id: identity.teamId, domain: identity.teamDomain },
    enterprise: enterpriseId === undefined ? null : { id: enterpriseId, name: `${identity.teamName} Organisation` },
    is_enterprise_install: orgInstall,
    user: { id: userId, username: person.name, name: person.name, team_id: person.teamId ?? identity.teamId },
  };
}

/** The name that Slack gives apps for a conversation. */
export function channelName(channel: Channel): string {
  if (channel.kind === "im") return "directmessage";
  return channel.kind === "private" ? "privategroup" : channel.name;
}

/** The fields of a slash command. */
export function commandPayload(
  world: World,
  userId: string,
  channel: Channel,
  command: string,
  text: string,
): JsonObject {
  const { identity, workspace, triggers } = world;
  const enterprise =
    identity.enterpriseId === undefined
      ? {}
      : { enterprise_id: identity.enterpriseId, enterprise_name: `${identity.teamName} Organisation` };
  return {
    token: "verification-token",
    team_id: identity.teamId,
    team_domain: identity.teamDomain,
    ...enterprise,
    is_enterprise_install: identity.orgInstall,
    channel_id: channel.id,
    channel_name: channelName(channel),
    user_id: userId,
    user_name: workspace.person(userId).name,
    command,
    text,
    api_app_id: identity.appId,
    response_url: responseUrl(world, triggers.issueResponse({ userId, channel: channel.id })),
    trigger_id: triggers.issue(userId, false),
  };
}

/** The double's response URL with this id. */
export function responseUrl(world: World, id: string): string {
  return `${world.origin()}/response/${id}`;
}

/** The envelope of an event of the Events API. */
export function eventPayload(world: World, event: JsonObject): JsonObject {
  const { identity } = world;
  const enterprise = identity.enterpriseId ?? null;
  const authorization = {
    enterprise_id: enterprise,
    team_id: identity.orgInstall ? null : identity.teamId,
    user_id: identity.botUserId,
    is_bot: true,
    is_enterprise_install: identity.orgInstall,
  };
  return {
    token: "verification-token",
    team_id: identity.teamId,
    ...(enterprise === null ? {} : { enterprise_id: enterprise }),
    api_app_id: identity.appId,
    event,
    type: "event_callback",
    event_id: world.id("Ev"),
    event_time: Math.floor(world.now() / 1000),
    authorizations: [authorization],
    is_ext_shared_channel: world.workspace.channels.get(String(event.channel))?.shared ?? false,
  };
}

const eventOf = { public: "message.channels", private: "message.groups", im: "message.im", mpim: "message.mpim" };
const typeOf = { public: "channel", private: "group", im: "im", mpim: "mpim" };

/** Reports whether the bot gets message events of this conversation: it is a member and subscribed to its kind. */
export function receivesMessages(world: World, channel: Channel): boolean {
  return channel.botIsMember && world.events.has(eventOf[channel.kind]);
}

/** The event of a deleted message. */
export function deletedEvent(world: World, message: Message, channel: Channel) {
  const at = String(world.now() / 1000);
  return {
    type: "message",
    subtype: "message_deleted",
    hidden: true,
    channel: channel.id,
    channel_type: typeOf[channel.kind],
    ts: at,
    event_ts: at,
    deleted_ts: message.ts,
    previous_message: { type: "message", user: message.user, text: message.text, ts: message.ts },
  };
}

/** The event of a new message. */
export function messageEvent(world: World, message: Message, channel: Channel) {
  const { channel: id, ts, user, text, thread_ts, bot_id } = message;
  return {
    type: "message",
    channel: id,
    channel_type: typeOf[channel.kind],
    user,
    text,
    ts,
    event_ts: ts,
    team: world.workspace.people.get(user)?.teamId ?? world.identity.teamId,
    ...(thread_ts === undefined ? {} : { thread_ts, parent_user_id: world.messages.get(id, thread_ts)?.user }),
    ...(bot_id === undefined ? {} : { bot_id }),
  };
}
