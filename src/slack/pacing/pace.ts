import { setTimeout as after } from "node:timers/promises";
import { WebAPIRateLimitedError } from "@slack/web-api";
import type { Log } from "../../usecases/ports/ports.js";
import { type Urgency, urgencyNow } from "../../usecases/ports/urgency.js";
import { Budgets, type WebApiCall } from "./budgets.js";

/** Runs around every call of a Web API client: it may delay the call, or throw instead of making it. */
export type AroundCall = <T>(call: WebApiCall, perform: () => Promise<T>) => Promise<T>;

/** Thrown instead of a call that would come too early: nothing was sent. `retryAfter` is in seconds, as Slack's. */
export class PutOff extends WebAPIRateLimitedError {
  override readonly name = "PutOff";
}

/**
 * How long a call waits in place for its turn, in milliseconds; then it is put off. A click must be answered in time; a
 * message to the channel is worth a place of the delivery; whatever is not so urgent leaves its place to others.
 */
const PATIENCE_MS: Readonly<Record<Urgency, number>> = { person: 700, channel: 1_500, page: 0, direct: 0, upkeep: 0 };

export interface PaceOptions {
  /** Whether calls keep to Slack's published rates. A `Retry-After` is heeded in any case. */
  readonly paced: boolean;
  readonly log: Log;
  /** Milliseconds on a steady clock. */
  readonly now?: () => number;
  /** Resolves after so many milliseconds. */
  readonly sleep?: (ms: number) => Promise<unknown>;
}

/** The pace of all calls of one process to one workspace. All Web API clients must share it. */
export function createPace({ paced, log, now = () => performance.now(), sleep = after }: PaceOptions): AroundCall {
  const budgets = new Budgets({ paced });

  return async (call, perform) => {
    const urgency = urgencyNow();
    const patientUntil = now() + PATIENCE_MS[urgency];
    for (;;) {
      const permission = budgets.ask(call, urgency, now());
      if (permission.granted) {
        try {
          return await perform();
        } catch (fault) {
          if (fault instanceof WebAPIRateLimitedError) noteRefusal(call, fault.retryAfter * 1000);
          throw fault;
        } finally {
          permission.counted.ended(now());
        }
      }
      const { waitMs } = permission;
      if (now() + waitMs > patientUntil) throw new PutOff(budgets.putOff(call, urgency, waitMs, now()) / 1000);
      await sleep(waitMs);
    }
  };

  /** Logged once per refusal of the method, because calls in flight are refused together. */
  function noteRefusal(call: WebApiCall, retryAfterMs: number): void {
    if (!budgets.refused(call, retryAfterMs, now())) return;
    log.info("slack.rate_limited", { method: call.method, retryAfterMs });
  }
}
