/** Web API methods that the bot calls, with the bot scopes each one needs. A test compares both with the code. */
export const METHOD_SCOPES: Readonly<Record<string, readonly string[]>> = {
  "auth.test": [],
  "chat.delete": ["chat:write"],
  "chat.postMessage": ["chat:write"],
  "chat.postEphemeral": ["chat:write"],
  "chat.update": ["chat:write"],
  "conversations.history": ["channels:history", "groups:history", "im:history"],
  "conversations.info": ["channels:read", "groups:read"],
  "conversations.list": ["channels:read", "groups:read"],
  "conversations.open": ["im:write"],
  "conversations.replies": ["channels:history", "groups:history", "im:history"],
  "files.completeUploadExternal": ["files:write"],
  "files.getUploadURLExternal": ["files:write"],
  "usergroups.list": ["usergroups:read"],
  "usergroups.users.list": ["usergroups:read"],
  "users.conversations": ["channels:read", "groups:read"],
  "users.info": ["users:read"],
  "users.list": ["users:read"],
  "views.open": [],
  "views.publish": [],
  "views.update": [],
};

/** Events that the bot subscribes to, with the Bolt listener of each and the scopes that Slack requires. */
export const EVENT_SCOPES: Readonly<Record<string, { readonly listener: string; readonly scopes: readonly string[] }>> =
  {
    "message.channels": { listener: "message", scopes: ["channels:history"] },
    "message.groups": { listener: "message", scopes: ["groups:history"] },
    app_home_opened: { listener: "app_home_opened", scopes: [] },
    user_change: { listener: "user_change", scopes: ["users:read"] },
  };

/** Every bot scope that the bot needs, as `manifest.json` requests them; sorted. */
export const ALL_SCOPES: readonly string[] = [
  ...new Set([
    ...Object.values(METHOD_SCOPES).flat(),
    ...Object.values(EVENT_SCOPES).flatMap(({ scopes }) => scopes),
    "commands",
  ]),
].sort();
