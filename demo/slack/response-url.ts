import { validateBlocks } from "./block-kit/validate.js";
import { isObject, type JsonObject, textAt } from "./json.js";
import type { ResponseContext } from "./triggers.js";
import type { Ephemeral } from "./types.js";
import type { World } from "./world.js";

const known = [
  "text",
  "blocks",
  "attachments",
  "response_type",
  "replace_original",
  "delete_original",
  "thread_ts",
  "metadata",
  "mrkdwn",
  "unfurl_links",
  "unfurl_media",
];

/** The answer of a response URL: Slack's status and body. */
export interface ResponseResult {
  readonly status: number;
  readonly body: string;
}

/** Handles one POST to a response URL, which takes 5 uses within 30 minutes; after that the answer is 404. */
export function spendResponseUrl(world: World, id: string, body: unknown): ResponseResult {
  const context = world.triggers.spendResponse(id);
  const refusal = "error" in context ? context.error : undefined;
  const payload = isObject(body) ? body : {};
  const error = refusal ?? ("error" in context ? undefined : showResponse(world, context, body, "response_url"));
  const status = error === undefined ? 200 : refusal === undefined ? 400 : 404;
  const use = { at: world.now(), body: payload, status, ...(error === undefined ? {} : { error }) };
  world.recorder.add("responses", use);
  if (error === undefined) return { status, body: "ok" };
  return { status, body: refusal === undefined ? error : JSON.stringify({ ok: false, error }) };
}

/** Shows a message that came as an answer or through a response URL. Returns Slack's error code when it cannot. */
export function showResponse(
  world: World,
  context: ResponseContext,
  body: unknown,
  via: Ephemeral["via"],
): string | undefined {
  if (!isObject(body)) return "invalid_payload";
  for (const key of Object.keys(body)) {
    if (!known.includes(key)) world.recorder.violation("unknown_argument", `${via}: ${key}`);
  }
  if (body.delete_original === true) return removeSource(world, context);
  const blocks = body.blocks ?? [];
  const text = textAt(body, "text") ?? "";
  if (!Array.isArray(blocks) || validateBlocks(blocks, "message").length > 0) return "invalid_blocks";
  if (text === "" && blocks.length === 0) return "no_text";
  if (text === "") world.recorder.violation("missing_text", `${via}: blocks without a top-level text`);
  const content = { text, blocks: blocks.filter(isObject) };
  if (body.replace_original === true && context.source !== undefined) return replaceSource(world, context, content);
  show(world, context, body, content, via);
  return undefined;
}

type Content = { readonly text: string; readonly blocks: readonly JsonObject[] };

function show(world: World, context: ResponseContext, body: JsonObject, content: Content, via: Ephemeral["via"]): void {
  const thread = textAt(body, "thread_ts");
  const where = {
    channel: context.channel,
    text: content.text,
    ...(thread === undefined ? {} : { thread_ts: thread }),
  };
  if (body.response_type === "in_channel") {
    const { botUserId, botId } = world.identity;
    world.messages.post({ ...where, blocks: content.blocks, user: botUserId, bot_id: botId });
  } else {
    world.messages.postEphemeral({ ...where, user: context.userId, via }, content.blocks);
  }
}

function ephemeralSource(world: World, context: ResponseContext): Ephemeral | undefined {
  return world.recorder.ephemerals.find((one) => one.ts === context.source?.ts && one.deleted === undefined);
}

function replaceSource(world: World, context: ResponseContext, content: Content): string | undefined {
  const { source } = context;
  if (source?.ephemeral === true) {
    const shown = ephemeralSource(world, context);
    if (shown !== undefined) world.messages.updateEphemeral(shown, content.text, content.blocks);
    return undefined;
  }
  const message = source === undefined ? undefined : world.messages.get(source.channel, source.ts);
  if (message === undefined) return "message_not_found";
  world.messages.update(message, content, world.identity.botUserId);
  return undefined;
}

function removeSource(world: World, context: ResponseContext): string | undefined {
  const { source } = context;
  const message = source === undefined ? undefined : world.messages.get(source.channel, source.ts);
  if (message !== undefined) world.messages.delete(message);
  const shown = ephemeralSource(world, context);
  if (shown !== undefined) world.recorder.replaceEphemeral({ ...shown, deleted: true });
  return undefined;
}
