import { validateBlocks } from "../block-kit/validate.js";
import { isObject, type JsonObject } from "../json.js";
import type { World } from "../world.js";
import { textArg } from "./args.js";
import { refuseArguments, SlackError } from "./method.js";

/** The checked text and blocks of a message. */
export interface Content {
  readonly text: string;
  readonly blocks: readonly JsonObject[];
}

/**
 * Reads `text` and `blocks` from arguments as Slack does: one of them is required, blocks must be valid, and the limit of
 * the text depends on the method. Slack accepts blocks without text, but screen readers then read nothing, so the double
 * records a violation.
 */
export function contentArg(world: World, method: string, args: JsonObject, maxText: number): Content {
  const blocks = args.blocks ?? [];
  const text = textArg(args, "text") ?? textArg(args, "markdown_text") ?? "";
  if (!Array.isArray(blocks)) throw new SlackError("invalid_blocks_format");
  const findings = validateBlocks(blocks, "message");
  if (findings.length > 0) refuseArguments("invalid_blocks", findings);
  const attachments = Array.isArray(args.attachments) ? args.attachments : [];
  if (text === "" && blocks.length === 0 && attachments.length === 0) throw new SlackError("no_text");
  if (text.length > maxText) throw new SlackError("msg_too_long");
  if (text === "") world.recorder.violation("missing_text", `${method}: blocks without a top-level text`);
  return { text, blocks: blocks.filter(isObject) };
}

/** Reads message metadata: undefined when absent, null for the empty object, which removes it. */
export function metadataArg(args: JsonObject): JsonObject | null | undefined {
  const metadata = args.metadata;
  if (metadata === undefined) return undefined;
  if (!isObject(metadata)) throw new SlackError("invalid_metadata_format");
  if (Object.keys(metadata).length === 0) return null;
  const { event_type: type, event_payload: payload } = metadata;
  if (typeof type !== "string" || type === "" || !isObject(payload)) throw new SlackError("invalid_metadata_schema");
  if (Buffer.byteLength(JSON.stringify(metadata)) > 8_000) throw new SlackError("metadata_too_large");
  return metadata;
}
