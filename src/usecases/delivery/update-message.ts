import { maySeeTexts, relevantRoles } from "../../domain/bypass/decide/entitlement.js";
import { type MessageKey, parseMessageKey } from "../../domain/bypass/effects.js";
import type { AppContext } from "../app-context.js";
import { loadPrincipal } from "../people/load-principal.js";
import type { BypassRecord, Delivery, PostedMessage } from "../ports/ports.js";
import type { EffectContext, HeldEffect } from "./effect-context.js";

/** Updates a posted message to the current state and to what its reader may see now. */
export async function updateMessage(
  { context, chat }: EffectContext,
  message: MessageKey,
  at: PostedMessage,
  record: BypassRecord,
  { stillMine }: Pick<HeldEffect, "stillMine">,
): Promise<Delivery> {
  return chat.update({ message, at, record, withheld: await mayNoLongerRead(context, message, record), stillMine });
}

/**
 * True when this person was asked for an approval and has since lost the role or the account. False when Slack cannot
 * tell: the person has already read the message, so it stays as it is.
 */
async function mayNoLongerRead(context: AppContext, message: MessageKey, { state }: BypassRecord): Promise<boolean> {
  const name = parseMessageKey(message);
  if (name?.place !== "direct" || name.about !== "ask") return false;
  const { policy } = context.policy.current();
  const principal = await loadPrincipal(context, name.to, relevantRoles(policy, state));
  return principal.accountStatus !== "unverifiable" && !maySeeTexts(policy, state, principal);
}
