import type { JsonObject } from "../json.js";
import type { World } from "../world.js";

/** An error of the Web API, with Slack's code. */
export class SlackError extends Error {
  readonly code: string;
  readonly extra: JsonObject;

  constructor(code: string, extra: JsonObject = {}) {
    super(code);
    this.code = code;
    this.extra = extra;
  }
}

/** Refuses a call with the findings about its arguments that Slack adds to its answer. */
export function refuseArguments(code: string, findings: readonly string[]): never {
  const errors = findings.map((line) => line.replace(/^\[ERROR\] /, ""));
  throw new SlackError(code, { errors, response_metadata: { messages: findings } });
}

/** One method of the Web API. */
export interface Method {
  /** The known arguments, besides `token`. */
  readonly args: readonly string[];
  readonly required?: readonly string[];
  /** Scopes that are always needed. Methods about conversations also call `needScope` for the kind of conversation. */
  readonly scopes?: readonly string[];
  readonly token?: "bot" | "app" | "none";
  readonly run: (world: World, args: JsonObject) => JsonObject;
}

/** A family of methods by their full names. */
export type Methods = Readonly<Record<string, Method>>;

/** Refuses when the bot token lacks one of the scopes. */
export function needScope(world: World, ...scopes: readonly string[]): void {
  const missing = scopes.filter((scope) => !world.scopes.has(scope));
  if (missing.length > 0) {
    throw new SlackError("missing_scope", { needed: missing.join(","), provided: [...world.scopes].join(",") });
  }
}
