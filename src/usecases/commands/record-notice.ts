import type { Actor } from "../../domain/events/actor.js";
import type { Notice } from "../../domain/notices/effects.js";
import type { AppContext } from "../app-context.js";
import type { SystemEntry } from "../ports/ports.js";
import { recordSystem } from "../record-system.js";

const CLOCK: Actor = { kind: "system", part: "clock" };

/**
 * Records a notice and queues its effects, once per command id. Returns `false` when it was recorded before, or when it
 * no longer fits the state of the gate.
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
