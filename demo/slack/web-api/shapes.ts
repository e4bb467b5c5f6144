import type { JsonObject } from "../json.js";
import type { Channel, Group, Message, OpenView, Person } from "../types.js";
import type { Identity, World } from "../world.js";

/** A message as conversations.history and interactions show it. */
export function messageShape(message: Message, withMetadata: boolean, identity: Identity): JsonObject {
  const { channel: _channel, broadcast: _broadcast, metadata, reply_broadcast, ...rest } = message;
  return {
    type: "message",
    ...(reply_broadcast === true ? { subtype: "thread_broadcast" } : {}),
    ...rest,
    team: identity.teamId,
    ...(message.bot_id === undefined ? {} : { app_id: identity.appId }),
    ...(withMetadata && metadata !== undefined ? { metadata } : {}),
  };
}

/** A person as users.info shows them. */
export function personShape(person: Person, identity: Identity): JsonObject {
  const teamId = person.teamId ?? identity.teamId;
  const profile = {
    real_name: person.displayName ?? person.name,
    display_name: person.displayName ?? "",
    ...(person.email === undefined ? {} : { email: person.email }),
    team: teamId,
  };
  const id = person.sameAs ?? person.id;
  const base = { id, team_id: teamId, name: person.name, profile, is_bot: person.bot ?? false, updated: 0 };
  if (person.deactivated === true) return { ...base, deleted: true, is_app_user: false };
  return {
    ...base,
    deleted: false,
    real_name: profile.real_name,
    tz: person.tz ?? "Etc/UTC",
    tz_label: person.tz ?? "Coordinated Universal Time",
    tz_offset: 0,
    is_admin: false,
    is_owner: false,
    is_primary_owner: false,
    is_restricted: person.guest !== undefined,
    is_ultra_restricted: person.guest === "single",
    is_app_user: false,
    ...(identity.enterpriseId === undefined || person.stranger === true
      ? {}
      : { enterprise_user: { id, enterprise_id: identity.enterpriseId, teams: [teamId] } }),
    ...(person.stranger === true ? { is_stranger: true } : {}),
  };
}

/** A conversation as conversations.info shows it. */
export function channelShape(channel: Channel, world: World): JsonObject {
  const base = {
    id: channel.id,
    is_archived: channel.archived,
    is_ext_shared: channel.shared,
    is_shared: channel.shared,
  };
  if (channel.kind === "im") {
    return {
      ...base,
      is_im: true,
      user: channel.members[0],
      is_user_deleted: false,
      context_team_id: world.identity.teamId,
    };
  }
  const name = { name: channel.name, name_normalized: channel.name };
  return {
    ...base,
    ...name,
    is_channel: channel.kind === "public",
    is_group: channel.kind === "private",
    is_mpim: channel.kind === "mpim",
    is_im: false,
    is_private: channel.kind !== "public",
    is_org_shared: false,
    is_general: false,
    is_member: channel.botIsMember,
    num_members: channel.members.length,
    context_team_id: world.identity.teamId,
  };
}

/** A user group as usergroups.list shows it. */
export function groupShape(group: Group, users: readonly string[], identity: Identity): JsonObject {
  return {
    id: group.id,
    team_id: identity.teamId,
    is_usergroup: true,
    name: group.handle,
    handle: group.handle,
    date_delete: group.disabled === true ? 1 : 0,
    user_count: users.length,
  };
}

/** A view as the answers of views.* and interactions carry it. */
export function viewShape(view: OpenView, identity: Identity): JsonObject {
  const label = (text: string | undefined) => (text === undefined ? null : { type: "plain_text", text, emoji: true });
  return {
    id: view.id,
    team_id: identity.teamId,
    type: view.type,
    blocks: view.blocks,
    private_metadata: view.private_metadata,
    callback_id: view.callback_id,
    state: { values: view.values },
    hash: view.hash,
    title: view.type === "home" ? { type: "plain_text", text: "View Title", emoji: true } : label(view.title),
    clear_on_close: view.clear_on_close,
    notify_on_close: view.notify_on_close,
    close: label(view.close),
    submit: label(view.submit),
    previous_view_id: view.previous_view_id,
    root_view_id: view.root_view_id,
    app_id: identity.appId,
    external_id: view.external_id,
    app_installed_team_id: identity.teamId,
    bot_id: identity.botId,
  };
}
