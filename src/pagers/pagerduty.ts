import { z } from "zod";
import { call } from "../lib/call.js";
import type { Fetch } from "../lib/outbound.js";
import type { ExternalPager, PagerNotification } from "../usecases/ports/ports.js";
import { failedResult } from "./failed-result.js";
import { detailsOf, summaryOf } from "./pager-words.js";

/** The part of the answer that is used. */
const answered = z.object({ status: z.string() });

export interface PagerDutySettings {
  /** The integration key of an Events API v2 integration. */
  readonly routingKey: string;
  /** Base URL of the Events API with a trailing slash. The EU region has its own. */
  readonly eventsUrl: string;
  /** For one call, in milliseconds; 5,000 if left out. */
  readonly timeoutMs?: number;
  /** Default: the standard one, which knows no proxy. */
  readonly fetch?: Fetch;
}

/**
 * Creates a pager on PagerDuty's Events API v2, with one alert per bypass under its key. PagerDuty accepts an event
 * with 202 and processes it afterwards. It also accepts the resolution of an alert that it does not know.
 */
export function createPagerDuty({ routingKey, eventsUrl, timeoutMs = 5_000, fetch }: PagerDutySettings): ExternalPager {
  return {
    name: "pagerduty",
    notify: async (notification) => {
      const { action, key } = notification;
      const answer = await call({
        url: `${eventsUrl}v2/enqueue`,
        headers: { accept: "application/json" },
        body: {
          routing_key: routingKey,
          event_action: action,
          dedup_key: key,
          ...(action === "trigger" ? triggered(notification) : {}),
        },
        timeoutMs,
        fetch,
      });
      if (answer.kind === "answer" && answer.status === 202) return { ok: true };
      return failedResult(answer, answer.kind === "answer" ? statusWord(answer.body) : null);
    },
  };
}

/** The fields that only a trigger has. */
function triggered(notification: PagerNotification) {
  const { record, key, link } = notification;
  return {
    payload: {
      summary: summaryOf(notification),
      severity: "critical",
      source: key.slice(0, key.lastIndexOf("-BG-")),
      timestamp: record.state.declaredAt,
      component: record.state.path,
      group: record.state.gates.join(", "),
      class: "break-glass",
      custom_details: detailsOf(notification),
    },
    client: "Breakglass",
    ...(link === null ? {} : { client_url: link, links: [{ href: link, text: "Answer in Slack" }] }),
  };
}

/** Returns PagerDuty's short name for the fault, such as `invalid event`, or `null` for an answer of another shape. */
const statusWord = (body: unknown): string | null => answered.safeParse(body).data?.status ?? null;
