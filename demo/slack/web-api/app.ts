import type { JsonObject } from "../json.js";
import type { World } from "../world.js";
import { textArg } from "./args.js";
import { type Methods, SlackError } from "./method.js";

function authTest(world: World): JsonObject {
  const { identity } = world;
  return {
    url: `https://${identity.teamDomain}.slack.com/`,
    team: identity.teamName,
    user: "breakglass",
    team_id: identity.teamId,
    user_id: identity.botUserId,
    bot_id: identity.botId,
    is_enterprise_install: identity.orgInstall,
    ...(identity.enterpriseId === undefined ? {} : { enterprise_id: identity.enterpriseId }),
  };
}

function apiTest(_world: World, args: JsonObject): JsonObject {
  const error = textArg(args, "error");
  if (error !== undefined) throw new SlackError(error, { args });
  return { args };
}

function team(world: World): JsonObject {
  const { teamId: id, teamName: name, teamDomain: domain, enterpriseId } = world.identity;
  return { team: { id, name, domain, ...(enterpriseId === undefined ? {} : { enterprise_id: enterpriseId }) } };
}

/** The methods about the app itself and its workspace. */
export const app: Methods = {
  "api.test": { token: "none", args: ["error", "foo"], run: apiTest },
  "auth.test": { args: [], run: authTest },
  "apps.connections.open": { token: "app", args: [], run: (world) => ({ url: world.socketUrl() }) },
  "team.info": { scopes: ["team:read"], args: ["team", "domain"], run: team },
};
