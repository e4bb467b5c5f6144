import { z } from "zod";
import { type Effect, laneOf, messageKey } from "../../domain/bypass/effects.js";
import { noticeKey } from "../../domain/notices/effects.js";
import type { CommitItem, CommitResult } from "../../usecases/ports/ports.js";

/** An item as the SQL function reads it. */
export type WireItem = ReturnType<typeof wireItem>;

/** A commit as the database's function takes it. */
export function wireItem(item: CommitItem) {
  const { commandId, stream, expectedVersion } = item;
  return {
    commandId,
    stream: stream.kind === "bypass" ? { kind: stream.kind, n: stream.n } : { kind: stream.kind },
    expectedVersion,
    entries: item.entries.map(({ body, texts }) => ({ body, texts: texts.map((text) => ({ ...text })) })),
    nextDueAt: item.nextDueAt,
    followUpAt: item.followUpAt,
    effects: item.effects.map((effect) => ({ lane: laneOf(effect), messageKey: keyOf(effect), effect: { ...effect } })),
  };
}

/** Posts have the key that they are found under later; an update has that of what it updates. */
function keyOf(effect: Effect): string | null {
  switch (effect.kind) {
    case "alert.post":
    case "thread.post":
    case "dm.post":
      return messageKey(effect);
    case "message.update":
      return effect.message;
    case "redraw":
    case "page":
    case "notify":
      return null;
    default:
      return noticeKey(effect);
  }
}

/**
 * PostgreSQL refuses a whole statement for a NUL or half a surrogate pair in one of its strings, and with it everybody
 * who travels in it; so such an item is stopped before.
 */
export function isStorable(value: unknown): boolean {
  if (typeof value === "string") return !/[\0\p{Cs}]/u.test(value);
  if (typeof value !== "object" || value === null) return true;
  return Object.values(value).every(isStorable);
}

const committed = z.object({
  ok: z.literal(true),
  duplicate: z.boolean(),
  n: z.int().nullable(),
  firstSeq: z.int(),
  lastSeq: z.int(),
  head: z.string().length(24),
  effects: z.array(z.object({ id: z.string() })),
});

const refused = z.object({
  ok: z.literal(false),
  why: z.enum(["conflict", "self_approval", "repeated_approval", "settled", "rejected"]),
  detail: z.string().exactOptional(),
});

/** What the SQL functions answer for one item. */
export const commitResult: z.ZodType<CommitResult> = z.discriminatedUnion("ok", [committed, refused]);
