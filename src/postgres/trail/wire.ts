import { z } from "zod";
import { type Effect, laneOf, messageKey } from "../../domain/bypass/effects.js";
import { noticeKey } from "../../domain/notices/effects.js";
import type { CommitItem, CommitResult } from "../../usecases/ports/ports.js";

/** A commit item as the SQL function `commit` reads it. */
export type WireItem = ReturnType<typeof wireItem>;

/** Converts a commit item for the SQL function `commit`. */
export function wireItem(item: CommitItem) {
  const { commandId, stream, expectedVersion } = item;
  return {
    commandId,
    stream: stream.kind === "bypass" ? { kind: stream.kind, n: stream.n } : { kind: stream.kind },
    expectedVersion,
    entries: item.entries.map(({ body, texts }) => ({ body, texts: texts.map((text) => ({ ...text })) })),
    originShows: [...(item.originShows ?? [])],
    nextDueAt: item.nextDueAt,
    followUpAt: item.followUpAt,
    effects: item.effects.map((effect) => ({ lane: laneOf(effect), messageKey: keyOf(effect), effect: { ...effect } })),
  };
}

/** Returns the message key of an effect: of the message that it posts or updates, or null if it does neither. */
function keyOf(effect: Effect): string | null {
  switch (effect.kind) {
    case "alert.post":
    case "thread.post":
    case "dm.post":
      return messageKey(effect);
    case "message.update":
      return effect.message;
    case "rerender":
    case "page":
    case "notify":
    case "webhook.send":
      return null;
    default:
      return noticeKey(effect);
  }
}

/**
 * Returns whether PostgreSQL can store every string in `value`. A NUL or an unpaired surrogate makes it refuse the
 * whole statement, and with it all other items in the batch, so such an item must be rejected before.
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
  why: z.enum(["conflict", "own_bypass", "repeated_approval", "already_settled", "id_used", "rejected"]),
  detail: z.string().exactOptional(),
});

/** The result of the SQL functions for one item. */
export const commitResult: z.ZodType<CommitResult> = z.discriminatedUnion("ok", [committed, refused]);
