import { maySeeTexts, relevantRoles } from "../../domain/bypass/decide/who-may.js";
import { type MessageKey, parseMessageKey } from "../../domain/bypass/effects.js";
import type { AppContext } from "../app-context.js";
import { loadPrincipal } from "../people/load-principal.js";
import type { BypassRecord } from "../ports/ports.js";

/**
 * Whether the reader of a posted message may still read its texts. False when a person who was asked for an approval has
 * since lost the role or the account. True when Slack cannot tell: the person has already read the message.
 */
export async function mayStillRead(
  context: AppContext,
  message: MessageKey,
  { state }: BypassRecord,
): Promise<boolean> {
  const name = parseMessageKey(message);
  if (name?.place !== "direct" || name.about !== "ask") return true;
  const { policy } = context.policy.current();
  const principal = await loadPrincipal(context, name.to, relevantRoles(policy, state));
  return principal.accountStatus === "unverifiable" || maySeeTexts(policy, state, principal);
}
