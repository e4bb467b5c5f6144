import { elementsOf } from "./block-kit/rules.js";
import { isObject, type JsonObject, objectAt, objectsAt, textAt } from "./json.js";
import { channelName, interactionBase, PersonCannot, responseUrl } from "./payloads.js";
import type { Answer, Block, Ephemeral, Message, OpenView } from "./types.js";
import { valueKey } from "./view-state.js";
import { messageShape, viewShape } from "./web-api/shapes.js";
import type { World } from "./world.js";

/** Where buttons are: a message (or its channel and timestamp), an ephemeral message, a modal, the Home tab. */
export type Clickable = Message | Ephemeral | OpenView | { readonly channel: string; readonly ts: string };

/** Options of a click. */
export interface PressOptions {
  /** The old version of the message that the person still sees; the button is looked up in it. */
  readonly stale?: Message | Ephemeral;
  /** For menus: the text or value of the option to pick. */
  readonly option?: string;
  /** Press even if this person cannot see the message. */
  readonly force?: boolean;
  /** Selects the block, where several elements have the same name. */
  readonly blockId?: string;
}

interface Target {
  readonly blocks: readonly Block[];
  readonly container: JsonObject;
  readonly extra: JsonObject;
  readonly fromView: boolean;
}

/** Presses a button (by its text or action id) and waits for the bot's answer. */
export async function press(
  world: World,
  userId: string,
  on: Clickable,
  label: string,
  options: PressOptions,
): Promise<Answer> {
  const target = findTarget(world, userId, on, options);
  const { block, element } = findElement(target.blocks, label, options.blockId);
  const answer = await world.delivery.deliver("interactive", {
    type: "block_actions",
    ...interactionBase(world, userId),
    container: target.container,
    trigger_id: world.triggers.issue(userId, target.fromView),
    ...target.extra,
    actions: [actionOf(world, block, element, options.option)],
  });
  if (answer.error === undefined && answer.body !== "") {
    world.recorder.violation(
      "ignored_answer",
      `Slack shows nothing of what block_actions is answered with: ${answer.body}`,
    );
  }
  return answer;
}

function findTarget(world: World, userId: string, on: Clickable, options: PressOptions): Target {
  if ("hash" in on) return viewTarget(world, on);
  const shown = world.recorder.ephemerals.find((one) => one.ts === on.ts && one.channel === on.channel);
  if (shown !== undefined) return ephemeralTarget(world, userId, shown, options);
  const channel = world.workspace.channels.get(on.channel);
  const current = world.messages.get(on.channel, on.ts);
  if (channel === undefined || (current === undefined && options.stale === undefined)) {
    throw new PersonCannot(`There is no message ${on.ts} in ${on.channel} (any more).`);
  }
  if (options.force !== true && !world.workspace.canSee(userId, channel)) {
    throw new PersonCannot(`${userId} cannot see ${channel.name}, so they cannot press anything there.`);
  }
  const seen = options.stale ?? current;
  const content = options.stale !== undefined && !("ephemeral" in options.stale) ? options.stale : current;
  const id = world.triggers.issueResponse({ userId, channel: channel.id, source: { ...place(on), ephemeral: false } });
  const thread = threadOf(world, on, content);
  return {
    blocks: seen?.blocks ?? [],
    container: { type: "message", message_ts: on.ts, channel_id: channel.id, is_ephemeral: false, ...thread },
    extra: {
      channel: { id: channel.id, name: channelName(channel) },
      ...(content === undefined ? {} : { message: { ...messageShape(content, false, world.identity), ...thread } }),
      state: { values: {} },
      response_url: responseUrl(world, id),
    },
    fromView: false,
  };
}

/** The first message of a thread carries its own timestamp as `thread_ts` once there is a reply. */
function threadOf(
  world: World,
  { channel, ts }: Clickable & { readonly ts: string; readonly channel: string },
  content: Message | undefined,
) {
  if (content?.thread_ts !== undefined) return { thread_ts: content.thread_ts };
  const hasReplies = world.messages.list(channel).some((one) => one.thread_ts === ts);
  return hasReplies ? { thread_ts: ts } : {};
}

function place(on: { readonly channel: string; readonly ts: string }) {
  return { channel: on.channel, ts: on.ts };
}

function ephemeralTarget(world: World, userId: string, shown: Ephemeral, options: PressOptions): Target {
  if (shown.user !== userId && options.force !== true) throw new PersonCannot(`${userId} does not see this message.`);
  if (shown.deleted === true && options.stale === undefined) throw new PersonCannot("The message is gone.");
  const channel = world.workspace.channels.get(shown.channel);
  const id = world.triggers.issueResponse({
    userId,
    channel: shown.channel,
    source: { ...place(shown), ephemeral: true },
  });
  return {
    blocks: (options.stale ?? shown).blocks,
    container: { type: "message", message_ts: shown.ts, channel_id: shown.channel, is_ephemeral: true },
    extra: {
      channel: { id: shown.channel, name: channel === undefined ? "" : channelName(channel) },
      state: { values: {} },
      response_url: responseUrl(world, id),
    },
    fromView: false,
  };
}

function viewTarget(world: World, on: OpenView): Target {
  const view = world.views.find(on.id, undefined);
  if (view === undefined) throw new PersonCannot(`The view "${on.title}" is closed.`);
  return {
    blocks: view.blocks,
    container: { type: "view", view_id: view.id },
    extra: { view: viewShape(view, world.identity), state: { values: view.values } },
    fromView: view.type === "modal",
  };
}

/** The visible label of an element. */
export function labelOf(element: JsonObject): string | undefined {
  return textAt(element.text, "text") ?? textAt(element.placeholder, "text");
}

function findElement(
  blocks: readonly Block[],
  label: string,
  blockId: string | undefined,
): { block: Block; element: JsonObject } {
  const all = blocks
    .filter((block) => blockId === undefined || block.block_id === blockId)
    .flatMap((block) => elementsOf(block).map((element) => ({ block, element })));
  const found =
    all.find(({ element }) => labelOf(element) === label) ?? all.find(({ element }) => element.action_id === label);
  if (found !== undefined) return found;
  const there = all.map(({ element }) => labelOf(element) ?? String(element.action_id)).join(", ");
  throw new PersonCannot(`There is no "${label}" to press; there is: ${there === "" ? "nothing" : there}.`);
}

function actionOf(world: World, block: Block, element: JsonObject, option: string | undefined): JsonObject {
  const { type, action_id, text, value, style } = element;
  const base = { type, action_id, block_id: block.block_id, action_ts: (world.now() / 1000).toFixed(6) };
  if (type === "button") {
    return { ...base, text, ...(value === undefined ? {} : { value }), ...(style === undefined ? {} : { style }) };
  }
  if (option === undefined) return { ...base, ...(value === undefined ? {} : { value }) };
  const chosen = findOption(element, option);
  const key = valueKey(element);
  return { ...base, [key ?? "selected_option"]: key === "selected_options" ? [chosen] : chosen };
}

/** The option with this text or value. Throws `PersonCannot` when it is not offered. */
export function findOption(element: JsonObject, wanted: string): JsonObject {
  const grouped = objectsAt(element, "option_groups").flatMap((group) => objectsAt(group, "options"));
  const offered = [...objectsAt(element, "options"), ...grouped];
  const found =
    offered.find((option) => textAt(objectAt(option, "text"), "text") === wanted) ??
    offered.find((option) => option.value === wanted);
  if (isObject(found)) return found;
  const names = offered.map((option) => `${textAt(option.text, "text")} (${String(option.value)})`).join(", ");
  throw new PersonCannot(`"${wanted}" is not offered; there is: ${names}.`);
}
