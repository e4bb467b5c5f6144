import { defineEvent, type EventOf } from "./define.js";
import { orNull, role, slot, stage, strings, text } from "./fields.js";

const channel = text("The channel.");
const path = text("The path of the policy.");

/**
 * Events of reminders and the digest, in the stream `system`. A receiver gets one message per `slot`, for all its
 * items.
 */
export const noticeEvents = [
  defineEvent({
    type: "reminder.addressed",
    stream: "system",
    actor: "system",
    meaning: "Each of some people gets a direct message about what waits for them.",
    fields: {
      slot,
      role: orNull(role, "they are addressed as the owner of an action"),
      users: strings("Their Slack user ids."),
    },
  }),
  defineEvent({
    type: "overdue.queued",
    stream: "system",
    actor: "system",
    meaning: "A message that names what is overdue was queued for a channel.",
    fields: { slot, channel },
  }),
  defineEvent({
    type: "digest.queued",
    stream: "system",
    actor: "system",
    meaning: "The weekly digest was queued for its channel.",
    fields: { slot, channel },
  }),
  defineEvent({
    type: "drill.reminded",
    stream: "system",
    actor: "system",
    meaning: "A role was reminded that the rehearsal of a path is due.",
    fields: { path, slot, stage, role },
  }),
  defineEvent({
    type: "drill.overdue",
    stream: "system",
    actor: "system",
    meaning: "The rehearsal of a path was named in the channel as overdue.",
    fields: { path, slot },
  }),
] as const;

/** An event of a reminder or the digest. */
export type NoticeEvent = EventOf<(typeof noticeEvents)[number]>;
