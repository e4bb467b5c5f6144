import { z } from "zod";
import type { OutsidePager, PagerNotification } from "../usecases/ports/ports.js";
import { call } from "./call.js";
import { notTaken } from "./not-taken.js";
import { detailsOf, summaryOf } from "./pager-words.js";

/** What of an answer is relied on. */
const answered = z.object({ status: z.string() });

export interface PagerDutySettings {
  /** The integration key of an Events API v2 integration. */
  readonly routingKey: string;
  /** Base of the Events API with a slash at its end; the EU region has one of its own. */
  readonly eventsUrl: string;
  /** For one call, in milliseconds; 5,000 if left out. */
  readonly timeoutMs?: number;
}

/**
 * PagerDuty by its Events API v2: one alert per bypass under its key. An event is taken with 202; PagerDuty acts on it
 * afterwards, and takes an end of what it does not know without a word.
 */
export function createPagerDuty({ routingKey, eventsUrl, timeoutMs = 5_000 }: PagerDutySettings): OutsidePager {
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
      });
      if (answer.kind === "answer" && answer.status === 202) return { ok: true };
      return notTaken(answer, answer.kind === "answer" ? statusWord(answer.body) : null);
    },
  };
}

/** What only a trigger carries. */
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

/** PagerDuty's short name for the fault, such as `invalid event`; `null` for an answer of another kind. */
const statusWord = (body: unknown): string | null => answered.safeParse(body).data?.status ?? null;
