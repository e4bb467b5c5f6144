import { isObject, type JsonObject, objectsAt, textAt } from "../json.js";
import type { World } from "../world.js";
import { textArg } from "./args.js";
import { destination, threadArg } from "./find.js";
import { type Methods, SlackError } from "./method.js";

/** https://docs.slack.dev/reference/methods/files.getUploadURLExternal: `alt_txt_too_large`. */
const MAX_ALT_TEXT = 1000;

function announce(world: World, args: JsonObject): JsonObject {
  const length = Number(args.length);
  if (!Number.isInteger(length) || length < 1) throw new SlackError("invalid_arguments");
  const altText = textArg(args, "alt_txt") ?? "";
  if (altText.length > MAX_ALT_TEXT) throw new SlackError("alt_txt_too_large");
  const id = world.id("F");
  world.pendingFiles.set(id, {
    id,
    name: textArg(args, "filename") ?? "",
    altText,
    length,
  });
  return { upload_url: `${world.origin()}/upload/${id}`, file_id: id };
}

function complete(world: World, args: JsonObject): JsonObject {
  const files = objectsAt(args, "files").map((file) => {
    const pending = world.pendingFiles.get(textAt(file, "id") ?? "");
    if (pending?.content === undefined) throw new SlackError("file_not_found");
    return { ...pending, content: pending.content, title: textAt(file, "title") ?? pending.name };
  });
  if (files.length === 0) throw new SlackError("invalid_arguments");
  const to = textArg(args, "channel_id");
  const channel = to === undefined ? undefined : destination(world, to);
  const thread = channel === undefined ? undefined : threadArg(world, channel, args);
  const shapes = files.map(({ id, name, title, altText, length }) => ({
    id,
    name,
    title,
    size: length,
    alt_txt: altText,
  }));
  for (const { id, name, title, altText, content } of files) {
    world.pendingFiles.delete(id);
    const where = channel === undefined ? {} : { channel: channel.id };
    world.recorder.add("uploads", { id, name, title, altText, content, ...where });
  }
  if (channel !== undefined) {
    const blocks = Array.isArray(args.blocks) ? args.blocks.filter(isObject) : [];
    world.messages.post({
      channel: channel.id,
      user: world.identity.botUserId,
      bot_id: world.identity.botId,
      text: textArg(args, "initial_comment") ?? "",
      blocks,
      files: shapes,
      ...(thread === undefined ? {} : { thread_ts: thread }),
    });
  }
  return { files: shapes };
}

/** files.*: the external upload in three steps. The second step is a POST to the upload URL. */
export const files: Methods = {
  "files.getUploadURLExternal": {
    scopes: ["files:write"],
    required: ["filename", "length"],
    args: ["filename", "length", "alt_txt", "snippet_type"],
    run: announce,
  },
  "files.completeUploadExternal": {
    scopes: ["files:write"],
    required: ["files"],
    args: ["files", "channel_id", "thread_ts", "initial_comment", "blocks"],
    run: complete,
  },
};
