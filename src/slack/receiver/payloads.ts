import { z } from "zod";
import { eventId, pressId, slashId, submissionId } from "../identity.js";

/** A person's account: Slack's ids begin with U, on Enterprise also with W. */
const userId = z.string().regex(/^[UW][A-Z0-9]{1,30}$/);
const short = z.string().min(1).max(300);
/** Absent or null where an app is installed on a whole Enterprise organisation. */
const team = z
  .object({ id: short })
  .nullish()
  .transform((found) => found?.id ?? null);

const slash = z.object({
  user_id: userId,
  team_id: z.string().optional(),
  channel_id: short,
  text: z.string().max(8000).default(""),
  trigger_id: short,
  response_url: z.url(),
});

/** What stands in one input: one text or choice, several choices, or nothing. */
const typed = z
  .looseObject({
    value: z.string().nullish(),
    selected_option: z.object({ value: short }).nullish(),
    selected_options: z.array(z.object({ value: short })).nullish(),
  })
  .transform((element): readonly string[] => {
    if (element.selected_options) return element.selected_options.map((option) => option.value);
    const one = element.selected_option?.value ?? element.value;
    return one === null || one === undefined ? [] : [one];
  });

const view = z
  .object({
    id: short,
    hash: short,
    callback_id: z.string(),
    private_metadata: z.string().max(3000).default(""),
    state: z.object({ values: z.record(z.string(), z.record(z.string(), typed)) }).default({ values: {} }),
    blocks: z
      .array(
        z.looseObject({
          type: z.string(),
          block_id: z.string().optional(),
          element: z.looseObject({ options: z.array(z.looseObject({ value: short })).optional() }).optional(),
        }),
      )
      .default([]),
  })
  .transform((raw) => ({
    id: raw.id,
    hash: raw.hash,
    callbackId: raw.callback_id,
    metadata: raw.private_metadata,
    /** What stands in the inputs, by block id. */
    values: new Map(Object.entries(raw.state.values).map(([block, inputs]) => [block, Object.values(inputs).flat()])),
    /** Block ids of the inputs, from the top: where an error can be shown. */
    inputs: raw.blocks.flatMap((block) => (block.type === "input" && block.block_id ? [block.block_id] : [])),
    /** What each menu offers, by block id. */
    offers: new Map(
      raw.blocks.map((block) => [block.block_id ?? "", block.element?.options?.map((option) => option.value) ?? []]),
    ),
  }));

const press = z.object({
  user: z.object({ id: userId }),
  trigger_id: short,
  response_url: z.url().optional(),
  channel: z.object({ id: short }).nullish(),
  container: z.looseObject({ thread_ts: z.string().optional(), is_ephemeral: z.boolean().optional() }).optional(),
  message: z.looseObject({ thread_ts: z.string().optional() }).optional(),
  view: view.optional(),
  actions: z
    .array(
      z.looseObject({
        action_id: short,
        value: z.string().max(2000).optional(),
        selected_option: z.object({ value: short }).nullish(),
      }),
    )
    .min(1),
});

const submission = z.object({ user: z.object({ id: userId }), team, view });

const event = z.object({ event_id: short, event: z.looseObject({ type: z.string() }) });

const threadReply = z.object({
  type: z.literal("message"),
  // A reply may go to the channel as well, and may carry a file; every other subtype is an edit, a join or a bot.
  subtype: z.enum(["thread_broadcast", "file_share"]).optional(),
  bot_id: z.undefined().optional(),
  user: userId,
  channel: short,
  thread_ts: short,
  ts: short,
  text: z.string().max(40_000),
});

const userChange = z.object({ user: z.looseObject({ id: userId }) });

export type SentView = z.output<typeof view>;

export interface Slash {
  readonly user: string;
  readonly channel: string;
  readonly text: string;
  readonly triggerId: string;
  readonly responseUrl: string;
  readonly commandId: string;
}

export interface Press {
  readonly user: string;
  readonly channel: string | null;
  readonly threadTs: string | null;
  readonly actionId: string;
  /** The button's value or the chosen option's; `null` for links. */
  readonly value: string | null;
  readonly triggerId: string;
  readonly responseUrl: string | null;
  /** Pressed on a message that only this person sees, and that nothing will redraw. */
  readonly onEphemeral: boolean;
  /** The modal in which it was pressed. */
  readonly view: SentView | null;
  readonly commandId: string;
}

export interface Submission {
  readonly user: string;
  readonly view: SentView;
  readonly commandId: string;
}

export interface ThreadReply {
  readonly user: string;
  readonly channel: string;
  readonly threadTs: string;
  readonly text: string;
  readonly commandId: string;
}

export function parseSlash(body: unknown): Slash {
  const raw = slash.parse(body);
  return {
    user: raw.user_id,
    channel: raw.channel_id,
    text: raw.text,
    triggerId: raw.trigger_id,
    responseUrl: raw.response_url,
    commandId: slashId(raw.trigger_id),
  };
}

export function parsePress(body: unknown): Press {
  const raw = press.parse(body);
  const [action] = raw.actions;
  if (action === undefined) throw new Error("a press without an action");
  const value = action.selected_option?.value ?? action.value ?? null;
  const channel = raw.channel?.id ?? null;
  return {
    user: raw.user.id,
    channel,
    threadTs: raw.container?.thread_ts ?? raw.message?.thread_ts ?? null,
    actionId: action.action_id,
    value,
    triggerId: raw.trigger_id,
    responseUrl: raw.response_url ?? null,
    onEphemeral: raw.container?.is_ephemeral ?? false,
    view: raw.view ?? null,
    commandId: pressId({ user: raw.user.id, triggerId: raw.trigger_id }),
  };
}

export function parseSubmission(body: unknown): Submission {
  const raw = submission.parse(body);
  return { user: raw.user.id, view: raw.view, commandId: submissionId({ id: raw.view.id, team: raw.team }) };
}

/** A person's reply in a thread; `null` for everything else that arrives as a message: bots, edits, joins, top level. */
export function parseThreadReply(body: unknown): ThreadReply | null {
  const outer = event.parse(body);
  const found = threadReply.safeParse(outer.event);
  if (!found.success) return null;
  const { user, channel, thread_ts, text } = found.data;
  return { user, channel, threadTs: thread_ts, text, commandId: eventId(outer.event_id) };
}

/** The account that has changed, or `null` when it is none that we could know. */
export function parseUserChange(body: unknown): string | null {
  const found = userChange.safeParse(event.parse(body).event);
  return found.success ? found.data.user.id : null;
}
