import type { IncomingHttpHeaders } from "node:http";
import type { JsonObject } from "../json.js";
import type { World } from "../world.js";
import { app } from "./app.js";
import { parseArguments, textArg } from "./args.js";
import { chat } from "./chat.js";
import { conversations } from "./conversations.js";
import { files } from "./files.js";
import { type Method, type Methods, needScope, refuseArguments, SlackError } from "./method.js";
import { people } from "./people.js";
import { views } from "./views.js";

const methods: Methods = { ...app, ...chat, ...conversations, ...files, ...people, ...views };

/** The names of all methods of the double. */
export const methodNames: readonly string[] = Object.keys(methods);

/** The scopes that a method always needs, for the header `x-accepted-oauth-scopes`. */
export const acceptedScopes = (name: string): readonly string[] => methods[name]?.scopes ?? [];

/** Bolt's client adds the workspace to each call; Slack accepts it everywhere. */
const everywhere = ["team_id"];

/** The parsed arguments and Slack's answer. */
export interface Outcome {
  readonly args: JsonObject;
  readonly response: JsonObject;
}

/** Performs one call and returns Slack's JSON answer. */
export function performCall(world: World, name: string, body: string, headers: IncomingHttpHeaders): Outcome {
  let args: JsonObject = {};
  try {
    args = parseArguments(body, headers);
    const method = Object.hasOwn(methods, name) ? methods[name] : undefined;
    if (method === undefined) throw new SlackError("unknown_method", { req_method: name });
    checkToken(world, method, tokenOf(args, headers));
    const { token: _token, ...given } = args;
    args = given;
    checkArguments(world, name, method, args);
    if (method.scopes !== undefined) needScope(world, ...method.scopes);
    return { args, response: { ok: true, ...method.run(world, args) } };
  } catch (refusal) {
    if (!(refusal instanceof SlackError)) throw refusal;
    const { token: _token, ...shown } = args;
    return { args: shown, response: { ok: false, error: refusal.code, ...refusal.extra } };
  }
}

function tokenOf(args: JsonObject, headers: IncomingHttpHeaders): string | undefined {
  const bearer = /^Bearer (.+)$/i.exec(headers.authorization ?? "")?.[1];
  return bearer ?? textArg(args, "token");
}

function checkToken(world: World, method: Method, token: string | undefined): void {
  const { botToken, appToken } = world.identity;
  if (method.token === "none") return;
  if (token === undefined) throw new SlackError("not_authed");
  const wanted = method.token === "app" ? appToken : botToken;
  if (token === wanted) return;
  throw new SlackError(token === botToken || token === appToken ? "not_allowed_token_type" : "invalid_auth");
}

function checkArguments(world: World, name: string, method: Method, args: JsonObject): void {
  for (const key of Object.keys(args)) {
    if (!method.args.includes(key) && !everywhere.includes(key))
      world.recorder.violation("unknown_argument", `${name}: ${key}`);
  }
  const missing = (method.required ?? []).filter((key) => args[key] === undefined || args[key] === "");
  if (missing.length > 0) {
    refuseArguments(
      "invalid_arguments",
      missing.map((key) => `[ERROR] missing required field: ${key}`),
    );
  }
}
