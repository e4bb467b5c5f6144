import { z } from "zod";
import { USER_ID } from "../block-kit/mentions.js";

/* What Slack sends. The fields listed here are checked; all others are ignored. */

const userId = z.string().regex(USER_ID);
const short = z.string().min(1).max(300);
/** Absent or null when the app is installed on a whole Enterprise organisation. */
const team = z
  .object({ id: short })
  .nullish()
  .transform((value) => value?.id ?? null);

export const slashCommand = z.object({
  user_id: userId,
  team_id: short.nullish(),
  channel_id: short,
  text: z.string().max(8000).default(""),
  trigger_id: short,
  response_url: z.url(),
});

/** The value of one input: one text or choice, several choices, or nothing. */
const typed = z
  .looseObject({
    value: z.string().nullish(),
    selected_option: z.object({ value: short }).nullish(),
    selected_user: userId.nullish(),
    selected_date: z.string().max(10).nullish(),
    selected_options: z.array(z.object({ value: short })).nullish(),
  })
  .transform((element): readonly string[] => {
    if (element.selected_options) return element.selected_options.map((option) => option.value);
    const single = element.selected_option?.value ?? element.selected_user ?? element.selected_date ?? element.value;
    return single === null || single === undefined ? [] : [single];
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
    /** The values of the inputs, by block id. */
    values: new Map(Object.entries(raw.state.values).map(([block, inputs]) => [block, Object.values(inputs).flat()])),
    /** Block ids of the inputs, from top to bottom: an error can be shown under each. */
    inputs: raw.blocks.flatMap((block) => (block.type === "input" && block.block_id ? [block.block_id] : [])),
    /** The options of each menu, by block id. */
    offers: new Map(
      raw.blocks.map((block) => [block.block_id ?? "", block.element?.options?.map((option) => option.value) ?? []]),
    ),
  }));

export const blockAction = z.object({
  user: z.object({ id: userId }),
  trigger_id: short,
  response_url: z.url().optional(),
  channel: z.object({ id: short }).nullish(),
  container: z
    .looseObject({
      message_ts: z.string().optional(),
      thread_ts: z.string().optional(),
      is_ephemeral: z.boolean().optional(),
    })
    .optional(),
  message: z.looseObject({ ts: z.string().optional(), thread_ts: z.string().optional() }).optional(),
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

export const submission = z.object({ user: z.object({ id: userId }), team, view });

export const event = z.object({ event_id: short, event: z.looseObject({ type: z.string() }) });

export const threadReply = z.object({
  type: z.literal("message"),
  // A reply may also go to the channel, and may have a file. All other subtypes are edits, joins or bots.
  subtype: z.enum(["thread_broadcast", "file_share"]).optional(),
  bot_id: z.undefined().optional(),
  user: userId,
  channel: short,
  thread_ts: short,
  /** Who wrote the message that the thread belongs to. */
  parent_user_id: z.string().optional(),
  ts: short,
  text: z.string().max(40_000),
});

export const messageDeleted = z.object({
  type: z.literal("message"),
  subtype: z.literal("message_deleted"),
  channel: short,
  deleted_ts: short,
});

export const homeOpened = z.object({ user: userId, tab: z.literal("home") });

export const userChange = z.object({ user: z.looseObject({ id: userId }) });

/** An open modal as Slack sends it. */
export type SentView = z.output<typeof view>;
