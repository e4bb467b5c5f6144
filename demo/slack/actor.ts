import { isObject, parseJson } from "./json.js";
import {
  commandPayload,
  eventPayload,
  interactionBase,
  messageEvent,
  PersonCannot,
  receivesMessages,
} from "./payloads.js";
import { type Clickable, type PressOptions, press } from "./press.js";
import { showResponse } from "./response-url.js";
import { type FormValues, fill, fillAt, type SubmitAnswer, submit, topView } from "./submission.js";
import type { Answer, Channel, Message } from "./types.js";
import { viewShape } from "./web-api/shapes.js";
import type { World } from "./world.js";

/** A person who uses Slack's client. Throws `PersonCannot` for what a person cannot do in the client. */
export interface Actor {
  /** Types a slash command, by default in the direct message with the bot. The person sees the body of a 200 answer. */
  command(text: string, options?: { readonly channel?: string; readonly command?: string }): Promise<Answer>;
  /** Presses a button, by its text or action id. */
  click(on: Clickable, label: string, options?: PressOptions): Promise<Answer>;
  /** Fills fields of the top view without sending it. */
  fill(values: FormValues): Promise<void>;
  /** Fills one field of the top view, by the ids of its block and element. */
  fillAt(field: { blockId: string; actionId: string; value: string | readonly string[] }): Promise<void>;
  /** Fills the top view and submits it. */
  submit(values: FormValues): Promise<SubmitAnswer>;
  /** Closes the top view. The bot gets `view_closed` when the view asked for it. */
  cancel(): Promise<Answer | undefined>;
  /** Writes a message. The bot gets the event where it subscribed and is a member. */
  say(
    channel: string,
    text: string,
    threadTs?: string,
  ): Promise<{ readonly message: Message; readonly answer?: Answer }>;
  /** Dismisses a message that only this person sees. */
  dismiss(ts: string): void;
  /** Opens the bot's Home tab. */
  openHome(): Promise<Answer | undefined>;
}

/** Creates the actor of a person in the workspace. */
export function createActor(world: World, userId: string): Actor {
  world.workspace.person(userId);
  return {
    command: (text, options = {}) => command(world, userId, text, options),
    click: (on, label, options = {}) => press(world, userId, on, label, options),
    fill: (values) => fill(world, userId, values),
    fillAt: (field) => fillAt(world, userId, field),
    submit: (values) => submit(world, userId, values),
    cancel: () => cancel(world, userId),
    say: (channel, text, threadTs) => say(world, userId, channel, text, threadTs),
    dismiss: (ts) => dismiss(world, userId, ts),
    openHome: () => openHome(world, userId),
  };
}

/** Finds a conversation that this person can see; by default their direct message with the bot. */
function conversation(world: World, userId: string, idOrName: string | undefined): Channel {
  if (idOrName === undefined) return world.workspace.direct(userId);
  const channel = world.workspace.findChannel(idOrName);
  if (channel === undefined) throw new PersonCannot(`There is no channel ${idOrName}.`);
  if (!world.workspace.canSee(userId, channel)) throw new PersonCannot(`${userId} cannot see ${channel.name}.`);
  return channel;
}

async function command(
  world: World,
  userId: string,
  text: string,
  options: { readonly channel?: string; readonly command?: string },
): Promise<Answer> {
  const channel = conversation(world, userId, options.channel);
  const name = options.command ?? "/breakglass";
  const answer = await world.delivery.deliver("slash_commands", commandPayload(world, userId, channel, name, text));
  const showError = (words: string) =>
    world.messages.postEphemeral({ channel: channel.id, user: userId, text: words, via: "slack" }, []);
  if (answer.error !== undefined) {
    showError(`${name} failed with the error "${answer.error}"`);
  } else if (answer.body.trim() !== "") {
    const parsed = parseJson(answer.body);
    const body = isObject(parsed) ? parsed : { text: answer.body };
    const refusal = showResponse(world, { userId, channel: channel.id }, body, "answer");
    if (refusal !== undefined) {
      world.recorder.violation("invalid_answer", `${name} was answered with a body that Slack refuses: ${refusal}`);
      showError(`${name} failed with the error "${refusal}"`);
    }
  }
  return answer;
}

async function cancel(world: World, userId: string): Promise<Answer | undefined> {
  const view = topView(world, userId);
  world.views.close(view, "closed", view.clear_on_close);
  if (!view.notify_on_close) return undefined;
  return world.delivery.deliver("interactive", {
    type: "view_closed",
    ...interactionBase(world, userId),
    view: viewShape(view, world.identity),
    is_cleared: view.clear_on_close,
  });
}

async function say(world: World, userId: string, to: string, text: string, threadTs: string | undefined) {
  const channel = conversation(world, userId, to);
  if (channel.archived) throw new PersonCannot(`${channel.name} is archived; nobody can write there.`);
  if (threadTs !== undefined && world.messages.get(channel.id, threadTs) === undefined) {
    throw new PersonCannot(`There is no message ${threadTs} in ${channel.name} to reply to.`);
  }
  const thread = threadTs === undefined ? {} : { thread_ts: threadTs };
  const message = world.messages.post({ channel: channel.id, user: userId, text, ...thread });
  if (!receivesMessages(world, channel)) return { message };
  const answer = await world.delivery.deliver("events_api", eventPayload(world, messageEvent(world, message, channel)));
  return { message, answer };
}

async function openHome(world: World, userId: string): Promise<Answer | undefined> {
  if (!world.events.has("app_home_opened")) return undefined;
  const channel = world.workspace.direct(userId).id;
  const view = world.views.home(userId);
  const shown = view === undefined ? {} : { view: viewShape(view, world.identity) };
  const event_ts = (world.now() / 1000).toFixed(6);
  const event = { type: "app_home_opened", user: userId, channel, tab: "home", event_ts, ...shown };
  return world.delivery.deliver("events_api", eventPayload(world, event));
}

function dismiss({ recorder }: World, userId: string, ts: string): void {
  const shown = recorder.ephemerals.find((one) => one.ts === ts && one.user === userId);
  if (shown === undefined) throw new PersonCannot("There is no such message that only you see.");
  recorder.replaceEphemeral({ ...shown, deleted: true });
}
