import type { IncomingHttpHeaders } from "node:http";
import { isObject, type JsonObject, parseJson } from "../json.js";
import { SlackError } from "./method.js";

/** Arguments that are JSON even in a form body, with the error for invalid JSON. */
const jsonArguments: Readonly<Record<string, string>> = {
  blocks: "invalid_blocks_format",
  attachments: "invalid_attachments_format",
  metadata: "invalid_metadata_format",
  view: "invalid_arguments",
  files: "invalid_arguments",
};

/** Reads the arguments of a call from a form or JSON body. */
export function parseArguments(body: string, headers: IncomingHttpHeaders): JsonObject {
  const type = (headers["content-type"] ?? "").split(";")[0]?.trim();
  if (type === "application/json") {
    const parsed = parseJson(body);
    if (!isObject(parsed)) throw new SlackError("invalid_json");
    return decode(parsed);
  }
  if (body !== "" && type !== "application/x-www-form-urlencoded") throw new SlackError("invalid_post_type");
  return decode(Object.fromEntries(new URLSearchParams(body)));
}

function decode(raw: JsonObject): JsonObject {
  const args: JsonObject = {};
  for (const [key, value] of Object.entries(raw)) {
    const refusal = Object.hasOwn(jsonArguments, key) ? jsonArguments[key] : undefined;
    if (refusal === undefined || typeof value !== "string") args[key] = value;
    else {
      args[key] = parseJson(value);
      if (args[key] === undefined) throw new SlackError(refusal);
    }
  }
  return args;
}

/** A text argument; numbers count as their text, empty text as missing. */
export function textArg(args: JsonObject, key: string): string | undefined {
  const value = args[key];
  if (typeof value === "number") return String(value);
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** A boolean argument: a JSON boolean, or its text in a form. */
export function flagArg(args: JsonObject, key: string): boolean {
  const value = args[key];
  return value === true || value === "true" || value === "1" || value === 1;
}

/** A number argument within Slack's limits for pages. */
export function limitArg(args: JsonObject, fallback: number, max: number): number {
  const value = args.limit === undefined ? fallback : Number(args.limit);
  if (!Number.isInteger(value) || value < 1) throw new SlackError("invalid_limit");
  return Math.min(value, max);
}

/** Returns one page of a list, with the cursor of the next page where Slack puts it. */
export function page<T>(items: readonly T[], args: JsonObject, fallback: number, max: number) {
  const cursor = textArg(args, "cursor");
  const start = cursor === undefined ? 0 : Number(Buffer.from(cursor, "base64").toString());
  if (!Number.isInteger(start) || start < 0) throw new SlackError("invalid_cursor");
  const limit = limitArg(args, fallback, max);
  const end = start + limit;
  const more = end < items.length;
  return {
    items: items.slice(start, end),
    more,
    response_metadata: { next_cursor: more ? Buffer.from(String(end)).toString("base64") : "" },
  };
}
