import { isObject, type JsonObject } from "../json.js";

const stateless = new Set(["image", "plain_text", "mrkdwn"]);

function element(value: unknown, next: () => string): unknown {
  if (!isObject(value) || stateless.has(String(value.type))) return value;
  return { ...value, action_id: value.action_id ?? next() };
}

/** Gives an id to each block and each element without one, as Slack does when it stores a payload. */
export function fillIds(blocks: readonly JsonObject[], next: () => string): JsonObject[] {
  return blocks.map((block) => {
    const filled: JsonObject = { ...block, block_id: block.block_id ?? next() };
    for (const key of ["accessory", "element"]) {
      if (filled[key] !== undefined) filled[key] = element(filled[key], next);
    }
    if (block.type === "actions" && Array.isArray(filled.elements)) {
      filled.elements = filled.elements.map((one: unknown) => element(one, next));
    }
    return filled;
  });
}
