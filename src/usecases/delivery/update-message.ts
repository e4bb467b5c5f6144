import type { MessageKey } from "../../domain/bypass/effects.js";
import type { BypassRecord, Delivery, PostedMessage } from "../ports/ports.js";
import type { EffectContext, HeldEffect } from "./effect-context.js";
import { mayStillRead } from "./may-still-read.js";

/** Updates a posted message to the current state and to what its reader may see now. */
export async function updateMessage(
  { context, chat }: EffectContext,
  message: MessageKey,
  at: PostedMessage,
  record: BypassRecord,
  { stillMine }: Pick<HeldEffect, "stillMine">,
): Promise<Delivery> {
  return chat.update({ message, at, record, withheld: !(await mayStillRead(context, message, record)), stillMine });
}
