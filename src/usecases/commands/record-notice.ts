import type { Actor } from "../../domain/events/actor.js";
import type { Notice } from "../../domain/notices/effects.js";
import type { AppContext } from "../app-context.js";
import type { SystemEntry } from "../ports/ports.js";
import { recordSystem } from "../record-system.js";

const CLOCK: Actor = { kind: "system", part: "clock" };

/**
 * Puts on record that something is told, and lets it be told: once under one id, however many ask for it. `false` when it
 * was on record before, or no longer fits how the gate stands.
 */
export async function recordNotice(
  context: AppContext,
  entry: SystemEntry,
  commandId: string,
  effects: readonly Notice[],
  actor: Actor = CLOCK,
): Promise<boolean> {
  const recorded = await recordSystem(context, entry, actor, commandId, effects);
  if (recorded === null || recorded.duplicate) return false;
  context.wake.effects(recorded.effects);
  return true;
}
