import { isObject, type JsonObject, objectAt, objectsAt, textAt } from "./json.js";
import { showDate } from "./show-date.js";
import type { Block, Ephemeral, Message, OpenView } from "./types.js";

/** Lookup tables for names. */
export interface Names {
  readonly people: ReadonlyMap<string, { readonly name: string; readonly displayName?: string }>;
  readonly groups: ReadonlyMap<string, { readonly handle: string }>;
  readonly channels: ReadonlyMap<string, { readonly name: string }>;
}

/** The reader for whom a message is rendered. */
export interface RenderOptions {
  /** Without names, mentions show ids. */
  readonly names?: Names;
  /** The reader's IANA zone; default UTC. */
  readonly timeZone?: string;
}

/** Renders a message or view as plain text: names for mentions, dates as text, buttons as `[Approve]`. */
export function renderPlain(message: Message | Ephemeral | OpenView, options: RenderOptions = {}): string {
  const blocks = message.blocks.map((block) => renderBlock(block, options)).filter((text) => text !== "");
  const heading = "title" in message && message.title !== "" ? [`— ${message.title} —`] : [];
  const submit = "submit" in message && message.submit !== undefined ? [`[${message.submit}]`] : [];
  if (blocks.length === 0 && "text" in message) return mrkdwn(message.text, options);
  return [...heading, ...blocks, ...submit].join("\n");
}

function renderBlock(block: Block, options: RenderOptions): string {
  switch (block.type) {
    case "divider":
      return "────────";
    case "section":
      return joined([
        words(block.text, options),
        ...objectsAt(block, "fields").map((field) => words(field, options)),
        isObject(block.accessory) ? renderElement(block.accessory, options) : "",
      ]);
    case "actions":
    case "context_actions":
      return objectsAt(block, "elements")
        .map((element) => renderElement(element, options))
        .join(" ");
    case "context":
      return objectsAt(block, "elements")
        .map((element) => words(element, options))
        .join(" · ");
    case "rich_text":
      return objectsAt(block, "elements")
        .map((element) => richText(element, options))
        .join("\n");
    case "input":
      return joined([
        `${words(block.label, options)}: ${renderElement(objectAt(block, "element"), options)}`,
        words(block.hint, options),
      ]);
    case "image":
      return `(${textAt(block, "alt_text") ?? "picture"})`;
    case "markdown":
      return textAt(block, "text") ?? "";
    default:
      return words(block.text, options);
  }
}

function joined(lines: readonly string[]): string {
  return lines.filter((line) => line !== "").join("\n");
}

/** A text object. */
function words(value: unknown, options: RenderOptions): string {
  const text = textAt(value, "text") ?? textAt(value, "alt_text") ?? "";
  return isObject(value) && value.type === "mrkdwn" ? mrkdwn(text, options) : text;
}

function renderElement(element: JsonObject, options: RenderOptions): string {
  if (element.type === "image") return `(${textAt(element, "alt_text") ?? "picture"})`;
  if (element.type === "button") return `[${words(element.text, options)}]`;
  const chosen = words(objectAt(element, "initial_option").text, options);
  const offered = objectsAt(element, "options").map((option) => choice(option, options));
  if (offered.length > 0) return `[${chosen === "" ? offered.join(" | ") : `${chosen} ▾`}]`;
  return `[${textAt(element, "initial_value") ?? (words(element.placeholder, options) || "…")}]`;
}

/** One option of a menu or list, with the small print under it. */
function choice(option: JsonObject, options: RenderOptions): string {
  const small = words(option.description, options);
  return `${words(option.text, options)}${small === "" ? "" : ` (${small})`}`;
}

function richText(element: JsonObject, options: RenderOptions): string {
  const inner = objectsAt(element, "elements");
  if (element.type === "rich_text_list") {
    const bullet = (index: number) => (element.style === "ordered" ? `${index + 1}.` : "•");
    return inner.map((item, index) => `${bullet(index)} ${richText(item, options)}`).join("\n");
  }
  const text = inner.map((part) => richPart(part, options)).join("");
  return element.type === "rich_text_quote" ? text.replace(/^/gm, "> ") : text;
}

function richPart(part: JsonObject, options: RenderOptions): string {
  switch (part.type) {
    case "user":
      return mention("@", String(part.user_id), options);
    case "usergroup":
      return mention("!subteam^", String(part.usergroup_id), options);
    case "channel":
      return mention("#", String(part.channel_id), options);
    case "broadcast":
      return `@${String(part.range)}`;
    case "link":
      return textAt(part, "text") ?? textAt(part, "url") ?? "";
    case "emoji":
      return `:${String(part.name)}:`;
    case "date":
      return showDate(Number(part.timestamp), String(part.format), options.timeZone ?? "UTC");
    default:
      return textAt(part, "text") ?? "";
  }
}

function mention(kind: string, id: string, { names }: RenderOptions): string {
  if (kind === "@") {
    const person = names?.people.get(id);
    return `@${person?.displayName ?? person?.name ?? id}`;
  }
  if (kind === "#") return `#${names?.channels.get(id)?.name ?? id}`;
  return `@${names?.groups.get(id)?.handle ?? id}`;
}

/** Renders Slack's markup: mentions by name, links by label, dates in the reader's zone, entities decoded. */
export function mrkdwn(text: string, options: RenderOptions): string {
  return text
    .replace(/<([^<>]+)>/g, (_, inner: string) => special(inner, options))
    .replace(/(^|[\s(])([*_~])(\S(?:[^\n]*?\S)?)\2(?=$|[\s).,;:!?])/gm, "$1$3")
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&amp;", "&");
}

function special(inner: string, options: RenderOptions): string {
  const [head = "", label] = inner.split("|", 2);
  const date = /^!date\^(\d+)\^([^^|]+)(?:\^[^|]*)?$/.exec(head);
  if (date !== null) return showDate(Number(date[1]), date[2] ?? "", options.timeZone ?? "UTC");
  const kind = /^(@|#|!subteam\^)/.exec(head)?.[1];
  if (kind !== undefined) return mention(kind, head.slice(kind.length), options);
  if (head.startsWith("!")) return `@${head.slice(1)}`;
  return label === undefined ? head.replace(/^mailto:/, "") : `${label} (${head})`;
}
