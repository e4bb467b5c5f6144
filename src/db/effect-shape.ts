import { z } from "zod";
import {
  DIRECT_TOPICS,
  type Effect,
  type MessageKey,
  parseMessageKey,
  THREAD_TOPICS,
} from "../domain/bypass/effects.js";

const version = z.int().positive();
const rung = z.int().min(0).nullable();

/** The key of a message that was stored by us; any other text is refused. */
export const messageKeyShape = z.custom<MessageKey>((key) => typeof key === "string" && parseMessageKey(key) !== null);

/** Each kind of effect as it lies in the outbox; a kind that is missing here does not compile. */
const SHAPES: { readonly [Kind in Effect["kind"]]: z.ZodType<Extract<Effect, { kind: Kind }>> } = {
  "alert.post": z.object({ kind: z.literal("alert.post") }),
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
    rung,
  }),
  "message.update": z.object({ kind: z.literal("message.update"), message: messageKeyShape, version }),
  redraw: z.object({ kind: z.literal("redraw"), version }),
  page: z.object({ kind: z.literal("page"), purpose: z.enum(["page", "ask"]), role: z.string().min(1), rung }),
};

/** An effect as it comes back from the database. */
export const effectShape: z.ZodType<Effect> = z.union(Object.values(SHAPES));
