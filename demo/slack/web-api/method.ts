import type { JsonObject } from "../json.js";
import type { World } from "../world.js";

/** A refusal of the Web API, as Slack words it. */
export class SlackError extends Error {
  readonly code: string;
  readonly extra: JsonObject;

  constructor(code: string, extra: JsonObject = {}) {
    super(code);
    this.code = code;
    this.extra = extra;
  }
}

/** Refuses with the findings about arguments that Slack adds to its answer. */
export function refuseArguments(code: string, findings: readonly string[]): never {
  const errors = findings.map((line) => line.replace(/^\[ERROR\] /, ""));
  throw new SlackError(code, { errors, response_metadata: { messages: findings } });
}

/** One method of the Web API. */
export interface Method {
  /** Arguments it knows, beside `token`. */
  readonly args: readonly string[];
  readonly required?: readonly string[];
  /** Scopes it always needs. Methods about conversations also ask `needScope` by the kind of conversation. */
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
