import type { JsonObject } from "../json.js";
import { byType, type Check, flag, list, matching, object, oneOf, pick, type Report, text } from "./check.js";
import { anyText, plainText } from "./composition.js";
import { image, inputs, interactive } from "./elements.js";
import { richTextElements } from "./rich-text.js";

/** Where blocks are shown, which decides the kinds and the number that are allowed. */
export type Surface = "message" | "modal" | "home";

const id = { block_id: text(255, 1) };

const accessories: Check = byType({ ...interactive, image: image() });
const inputElements: Check = byType({
  ...inputs,
  ...pick(
    interactive,
    Object.keys(interactive).filter((name) => name !== "button" && name !== "overflow"),
  ),
});

function saysSomething(block: JsonObject, at: string, report: Report): void {
  if (block.text === undefined && block.fields === undefined) report("must provide text or fields", at);
}

const cell = byType({
  raw_text: object({ required: { text: text(3000, 1) } }),
  rich_text: object({ required: { elements: richTextElements } }),
});

const everywhere: Record<string, Check> = {
  section: object({
    optional: {
      ...id,
      text: anyText(3000),
      fields: list(anyText(2000), 10),
      accessory: accessories,
      expand: flag,
    },
    also: saysSomething,
  }),
  header: object({ required: { text: plainText(150) }, optional: id }),
  divider: object({ optional: id }),
  context: object({
    required: {
      elements: list(
        byType({
          image: image(),
          plain_text: object({ required: { text: text(3000, 1) }, optional: { emoji: flag } }),
          mrkdwn: object({ required: { text: text(3000, 1) }, optional: { verbatim: flag } }),
        }),
        10,
      ),
    },
    optional: id,
  }),
  actions: object({ required: { elements: list(byType(interactive), 25) }, optional: id }),
  image: image({ ...id, title: plainText(2000) }),
  rich_text: object({ required: { elements: richTextElements }, optional: id }),
};

const input: Check = object({
  required: { label: plainText(2000), element: inputElements },
  optional: { ...id, hint: plainText(2000), optional: flag, dispatch_action: flag },
});

const alert: Check = object({
  required: { text: anyText(3000) },
  optional: { ...id, level: oneOf("default", "info", "warning", "error", "success") },
});

const onlyMessages: Record<string, Check> = {
  markdown: object({ required: { text: text(12_000, 1) }, optional: id }),
  table: object({
    required: { rows: list(list(cell, 20), 100) },
    optional: {
      ...id,
      column_settings: list(object({ optional: { align: oneOf("left", "center", "right"), is_wrapped: flag } }), 20),
    },
  }),
  context_actions: object({
    required: {
      elements: list(
        byType({
          icon_button: object({
            required: { icon: matching(/^trash$/, "a known icon"), text: plainText(75) },
            optional: { action_id: text(255, 1), value: text(2000) },
          }),
        }),
        5,
      ),
    },
    optional: id,
  }),
};

const kinds: Record<Surface, Check> = {
  message: list(byType({ ...everywhere, ...onlyMessages, alert }), 50, 0),
  modal: list(byType({ ...everywhere, input, alert }), 100, 0),
  home: list(byType({ ...everywhere, input }), 100, 0),
};

/** Checks the blocks of a surface: their number, kinds, fields and lengths. */
export function blocksOf(surface: Surface): Check {
  return kinds[surface];
}

/** The largest view that Slack accepts, in bytes of JSON. */
export const MAX_VIEW_BYTES = 250 * 1024;
/** The limit of a modal's title, submit and close. */
export const viewLabel: Check = plainText(24);
/** Slack's limit for the text that an app stores in a view. */
export const privateMetadata: Check = text(3000);
/** The limit for the ids of views. */
export const viewId: Check = text(255);
