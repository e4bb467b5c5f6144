/** Who may deliver now, in this process. */
export interface Turns {
  /** Takes a place for a webhook, or says how long to wait for one, in milliseconds. */
  enter(webhook: string): Turn | { readonly waitMs: number };
}

/** A place that is held. */
export interface Turn {
  /** Gives the place back. After a failure, the webhook rests for a while. */
  leave(outcome: "done" | "failed"): void;
}

/** Deliveries at once, in all. The rest of the process's places stay free for Slack and the pagers, however slow a receiver is. */
const MOST_AT_ONCE = 3;
/** How soon to ask again for a place, in milliseconds. */
const ASK_AGAIN_MS = 1_000;
/** How long a webhook rests after a failure: every lane of a receiver that is down would wait for its deadline in turn. */
const REST_MS = { least: 1_000, most: 30_000 };

/**
 * One delivery at a time to each webhook, and few in all.
 * @param now milliseconds that are never set back
 */
export function createTurns(now: () => number): Turns {
  const busy = new Set<string>();
  const resting = new Map<string, { readonly until: number; readonly failures: number }>();
  return {
    enter: (webhook) => {
      const rest = resting.get(webhook);
      const left = (rest?.until ?? 0) - now();
      if (rest !== undefined && left > 0) return { waitMs: Math.ceil(left) };
      if (busy.has(webhook) || busy.size >= MOST_AT_ONCE) return { waitMs: ASK_AGAIN_MS };
      busy.add(webhook);
      return {
        leave: (outcome) => {
          busy.delete(webhook);
          if (outcome === "done") {
            resting.delete(webhook);
            return;
          }
          const failures = (resting.get(webhook)?.failures ?? 0) + 1;
          const restMs = Math.min(REST_MS.most, REST_MS.least * 2 ** Math.min(failures - 1, 10));
          resting.set(webhook, { until: now() + restMs, failures });
        },
      };
    },
  };
}
