import type { Effect } from "../../domain/bypass/effects.js";
import type { AppContext } from "../app-context.js";
import type { Alive, BypassRecord, Chat, ClaimedEffect, ExternalPager, WebhookSender } from "../ports/ports.js";
import type { RestoreWatch } from "../restored/watch.js";

/** What performing an effect needs: the app context, and the adapters that reach Slack, pagers and webhooks. */
export interface EffectContext {
  readonly context: AppContext;
  readonly chat: Chat;
  readonly pagers: readonly ExternalPager[];
  readonly webhooks: WebhookSender;
  readonly alive: Alive;
  /** Whether something to be done came with a restored backup. */
  readonly restored: Pick<RestoreWatch, "origin" | "originOfPage">;
  /** URL where people read and answer a bypass; `null` while it is unknown. Never throws. */
  readonly linkTo: (record: BypassRecord) => Promise<string | null>;
}

/** A claimed effect that this process is performing. */
export interface HeldEffect extends ClaimedEffect {
  readonly effect: Effect;
  /** Asked right before anything is changed outside: false when another process may have taken the effect over. */
  readonly stillMine: () => boolean;
}
