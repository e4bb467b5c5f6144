import type { WebhookOfPolicy } from "../../domain/policy/policy.js";
import type { SentEntry, WebhookMessage } from "../../domain/webhooks/cloud-event.js";
import type { EntryAddress } from "../../domain/webhooks/effects.js";

/** What came of one attempt. Attempts may be repeated: a receiver knows a message by its id. */
export type WebhookResult =
  | { readonly ok: true; readonly status: number }
  /** The receiver answered 410: it wants nothing more. */
  | { readonly ok: false; readonly kind: "gone"; readonly code: string }
  /** Not accepted. `retryAfterMs` is the wait that the receiver asked for; `null` when it named none. */
  | { readonly ok: false; readonly kind: "failed"; readonly retryAfterMs: number | null; readonly code: string }
  /** Not tried, because this process has enough deliveries under way, or its last one to this webhook has just failed. */
  | { readonly ok: false; readonly kind: "untried"; readonly retryAfterMs: number };

/** Sends messages to webhooks, signed. Never throws, and never sends a message unsigned. */
export interface WebhookSender {
  send(to: WebhookOfPolicy, message: WebhookMessage): Promise<WebhookResult>;
}

/** What waits for a webhook in the outbox. */
export interface WebhookBacklog {
  readonly webhook: string;
  readonly waiting: number;
  /** Age of the oldest, in seconds; 0 when nothing waits. */
  readonly oldestSeconds: number;
}

/** Which entries are sent again. */
export interface ReplayRange {
  /** The first position. */
  readonly since: number;
  /** Only those of this bypass; `null`: all. */
  readonly n: number | null;
}

/** What came of a webhook's deliveries so far, by its rows in the outbox. Times are ISO 8601 in UTC. */
export interface WebhookStanding extends WebhookBacklog {
  /** When the last event was taken; `null` when none was. */
  readonly deliveredAt: string | null;
  /** The code of the newest event that waits after a failed attempt; `null` when there is none. */
  readonly waitingCode: string | null;
  /** How many events were given up, and the last of them; `null` when none was. */
  readonly givenUp: number;
  readonly givenUpAt: string | null;
}

/** Reads of the trail for webhooks. */
export interface WebhookQueries {
  /** The entry that a row of bypass `n` (0: of no bypass) names; `null` when there is none. */
  entryToSend(n: number, address: EntryAddress): Promise<SentEntry | null>;
  /** What waits, by webhook; those for which nothing waits are left out. */
  webhookBacklog(): Promise<readonly WebhookBacklog[]>;
  /** For people who look, not for a scrape: it reads every row that was ever queued for a webhook. */
  webhookStandings(): Promise<readonly WebhookStanding[]>;
  /** Positions of entries of these types in the range, in order. Of the system's stream only those about a gate. */
  entriesToReplay(of: ReplayRange & { types: readonly string[]; limit: number }): Promise<readonly number[]>;
}
