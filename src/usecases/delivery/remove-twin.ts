import type { Posted } from "../ports/ports.js";
import type { EffectContext, HeldEffect } from "./effect-context.js";

/**
 * Deletes the message that was just posted if another one is on record for the same effect. That happens when this
 * process was suspended while its post was under way, so that another process took it for dead and posted the message
 * too. Whoever comes second deletes its own. A failure is only logged: two messages are better than none.
 */
export async function removeTwin(
  { context, chat }: EffectContext,
  { id, n, effect }: HeldEffect,
  own: Posted,
  onRecord: Posted | null,
): Promise<void> {
  if (onRecord === null || onRecord.ts === own.ts) return;
  const removed = await chat.remove(own);
  const code = removed.ok ? null : removed.code;
  context.log.warn("message.twin", { id, bypass: n, kind: effect.kind, removed: removed.ok, code });
}
