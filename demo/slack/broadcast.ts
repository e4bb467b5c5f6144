import { isObject } from "./json.js";

const call = /<!(channel|here|everyone)(\|[^>]*)?>/;

/** Whether text or blocks would notify a whole channel: the markup in mrkdwn, or a rich text broadcast. */
export function callsEverybody(text: string, blocks: unknown): boolean {
  return call.test(text) || inBlocks(blocks);
}

function inBlocks(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(inBlocks);
  if (!isObject(value)) return false;
  if (value.type === "broadcast") return true;
  if (value.type === "mrkdwn" || value.type === "markdown") return call.test(String(value.text));
  return Object.values(value).some(inBlocks);
}
