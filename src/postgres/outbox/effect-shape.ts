import { z } from "zod";
import {
  DIRECT_TOPICS,
  type Effect,
  type MessageKey,
  parseMessageKey,
  THREAD_TOPICS,
} from "../../domain/bypass/effects.js";
import { PAGER_ACTIONS } from "../../domain/events/catalogue/delivery.js";
import type { UnreadableEffect } from "../../usecases/ports/ports.js";

const version = z.int().positive();
const step = z.int().min(0).nullable();
const name = z.string().min(1);
const slot = z.iso.datetime();
const webhook = { kind: z.literal("webhook.send"), webhook: name };
const gateItem = { gate: name, item: z.int().positive() };

/** A stored message key. Refuses any other text. */
export const messageKeyShape = z.custom<MessageKey>((key) => typeof key === "string" && parseMessageKey(key) !== null);

/** The stored shape of each kind of effect. A missing kind does not compile. */
export const SHAPES: { readonly [Kind in Effect["kind"]]: z.ZodType<Extract<Effect, { kind: Kind }>> } = {
  "alert.post": z.object({ kind: z.literal("alert.post"), again: version.exactOptional() }),
  "thread.post": z.object({
    kind: z.literal("thread.post"),
    about: z.enum(THREAD_TOPICS),
    version,
    broadcast: z.boolean(),
  }),
  "dm.post": z.object({
    kind: z.literal("dm.post"),
    to: z.string().min(1),
    about: z.enum(DIRECT_TOPICS),
    version,
    step,
  }),
  "message.update": z.object({ kind: z.literal("message.update"), message: messageKeyShape, version }),
  rerender: z.object({ kind: z.literal("rerender"), version }),
  page: z.object({ kind: z.literal("page"), purpose: z.enum(["page", "ask"]), role: z.string().min(1), step }),
  notify: z.object({
    kind: z.literal("notify"),
    pager: z.string().min(1),
    action: z.enum(PAGER_ACTIONS),
    role: z.string().min(1).nullable(),
    step,
  }),
  reminder: z.object({ kind: z.literal("reminder"), role: name.nullable(), user: name.nullable(), slot }),
  "reminder.post": z.object({ kind: z.literal("reminder.post"), to: name, slot }),
  overdue: z.object({ kind: z.literal("overdue"), channel: name, slot }),
  "overdue.post": z.object({ kind: z.literal("overdue.post"), channel: name, slot }),
  "digest.post": z.object({ kind: z.literal("digest.post"), channel: name, slot }),
  "gate.post": z.object({ kind: z.literal("gate.post"), ...gateItem }),
  "gate.reply": z.object({ kind: z.literal("gate.reply"), ...gateItem, putOff: z.int().positive().exactOptional() }),
  "gate.update": z.object({ kind: z.literal("gate.update"), ...gateItem }),
  "gap.post": z.object({ kind: z.literal("gap.post"), channel: name, slot }),
  "use.post": z.object({ kind: z.literal("use.post"), grant: z.int().positive() }),
  readings: z.object({ kind: z.literal("readings") }),
  "webhook.send": z.union([
    z.strictObject({ ...webhook, version }),
    z.strictObject({ ...webhook, command: name }),
    z.strictObject({ ...webhook, seq: z.int().positive() }),
  ]),
};

/** An effect as stored in the outbox. */
export const effectShape: z.ZodType<Effect> = z.union(Object.values(SHAPES));

/** The same, or the mark of what this release cannot read: whoever has the run-time password can queue anything. */
export const storedEffect: z.ZodType<Effect | UnreadableEffect> = effectShape.or(
  z.unknown().transform((): UnreadableEffect => ({ kind: "unreadable" })),
);
