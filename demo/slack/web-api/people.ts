import type { JsonObject } from "../json.js";
import type { Group, Person } from "../types.js";
import type { World } from "../world.js";
import { flagArg, page, textArg } from "./args.js";
import { type Methods, SlackError } from "./method.js";
import { groupShape, personShape } from "./shapes.js";

function bot(world: World): Person {
  return { id: world.identity.botUserId, name: "breakglass", displayName: "Breakglass", bot: true };
}

function info(world: World, args: JsonObject): JsonObject {
  const id = textArg(args, "user") ?? "";
  const person = id === world.identity.botUserId ? bot(world) : world.workspace.people.get(id);
  if (person === undefined) throw new SlackError("user_not_found");
  return { user: personShape(person, world.identity) };
}

function listPeople(world: World, args: JsonObject): JsonObject {
  const everybody = [bot(world), ...world.workspace.people.values()];
  const { items, response_metadata } = page(everybody, args, everybody.length, 1000);
  return { members: items.map((person) => personShape(person, world.identity)), cache_ts: 0, response_metadata };
}

function byEmail(world: World, args: JsonObject): JsonObject {
  const email = textArg(args, "email");
  const person = [...world.workspace.people.values()].find((one) => one.email === email && one.deactivated !== true);
  if (person === undefined) throw new SlackError("users_not_found");
  return { user: personShape(person, world.identity) };
}

/** Slack leaves deactivated people out of a group unless the call includes disabled ones. */
function active(world: World, group: Group, includeDisabled: boolean): string[] {
  return group.users.filter((id) => includeDisabled || world.workspace.people.get(id)?.deactivated !== true);
}

function groupUsers(world: World, args: JsonObject): JsonObject {
  const group = world.workspace.groups.get(textArg(args, "usergroup") ?? "");
  if (group === undefined) throw new SlackError("no_such_subteam");
  const includeDisabled = flagArg(args, "include_disabled");
  if (group.disabled === true && !includeDisabled) throw new SlackError("subteam_disabled");
  return { users: active(world, group, includeDisabled) };
}

function listGroups(world: World, args: JsonObject): JsonObject {
  const includeDisabled = flagArg(args, "include_disabled");
  const shown = [...world.workspace.groups.values()].filter((group) => includeDisabled || group.disabled !== true);
  const usergroups = shown.map((group) => {
    const users = active(world, group, includeDisabled);
    return { ...groupShape(group, users, world.identity), ...(flagArg(args, "include_users") ? { users } : {}) };
  });
  return { usergroups };
}

/** users.* and usergroups.* */
export const people: Methods = {
  "users.info": { scopes: ["users:read"], required: ["user"], args: ["user", "include_locale"], run: info },
  "users.list": {
    scopes: ["users:read"],
    args: ["cursor", "include_locale", "limit", "team_id"],
    run: listPeople,
  },
  "users.lookupByEmail": {
    scopes: ["users:read", "users:read.email"],
    required: ["email"],
    args: ["email"],
    run: byEmail,
  },
  "usergroups.users.list": {
    scopes: ["usergroups:read"],
    required: ["usergroup"],
    args: ["usergroup", "include_disabled", "team_id"],
    run: groupUsers,
  },
  "usergroups.list": {
    scopes: ["usergroups:read"],
    args: ["include_count", "include_disabled", "include_users", "team_id"],
    run: listGroups,
  },
};
