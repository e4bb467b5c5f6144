import { maySeeTexts, relevantRoles } from "../../domain/bypass/decide/entitlement.js";
import { type MessageKey, parseMessageKey } from "../../domain/bypass/effects.js";
import type { AppContext } from "../app-context.js";
import { loadPrincipal } from "../people/load-principal.js";
import type { BypassRecord, Delivery, Posted } from "../ports/ports.js";
import type { EffectContext } from "./outbox-results.js";

/** Brings a posted message up to date with the state, and with what its reader may see now. */
export async function drawAgain(
  { context, chat }: EffectContext,
  message: MessageKey,
  at: Posted,
  record: BypassRecord,
): Promise<Delivery> {
  return chat.update({ message, at, record, withheld: await mayNoLongerRead(context, message, record) });
}

/**
 * Was this person asked for an approval, and has lost the role or the account since? Where Slack cannot say, the message
 * stays as it was read already.
 */
async function mayNoLongerRead(context: AppContext, message: MessageKey, { state }: BypassRecord): Promise<boolean> {
  const name = parseMessageKey(message);
  if (name?.place !== "direct" || name.about !== "ask") return false;
  const { policy } = context.policy.current();
  const principal = await loadPrincipal(context, name.to, relevantRoles(policy, state));
  return principal.accountStatus !== "unverifiable" && !maySeeTexts(policy, state, principal);
}
