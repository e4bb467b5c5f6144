import { isObject } from "./json.js";

const call = /<!(channel|here|everyone)(\|[^>]*)?>/;

/** Reports whether text or blocks notify a whole channel: by markup in mrkdwn, or by a rich text broadcast. */
export function notifiesChannel(text: string, blocks: unknown): boolean {
  return call.test(text) || inBlocks(blocks);
}

function inBlocks(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(inBlocks);
  if (!isObject(value)) return false;
  if (value.type === "broadcast") return true;
  if (value.type === "mrkdwn" || value.type === "markdown") return call.test(String(value.text));
  return Object.values(value).some(inBlocks);
}
