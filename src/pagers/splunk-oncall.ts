import { z } from "zod";
import { call } from "../lib/call.js";
import type { Fetch } from "../lib/outbound.js";
import type { ExternalPager, PagerNotification } from "../usecases/ports/ports.js";
import { failedResult } from "./failed-result.js";
import { detailsOf, summaryOf } from "./pager-words.js";

export interface SplunkOnCallSettings {
  /** The URL of the REST endpoint integration. It ends with the key and the routing key, so all of it is a secret. */
  readonly url: string;
  /** For one call, in milliseconds; 5,000 if left out. */
  readonly timeoutMs?: number;
  /** Default: the standard one, which knows no proxy. */
  readonly fetch?: Fetch;
}

/** The part of the answer that is used. */
const answered = z.object({ result: z.string() });

const MESSAGE_TYPE = { trigger: "CRITICAL", acknowledge: "ACKNOWLEDGEMENT", resolve: "RECOVERY" } as const;

/**
 * Creates a pager on Splunk On-Call's (VictorOps') REST endpoint: one incident per bypass, with its key as `entity_id`.
 */
export function createSplunkOnCall({ url, timeoutMs = 5_000, fetch }: SplunkOnCallSettings): ExternalPager {
  return {
    name: "splunk-oncall",
    notify: async (notification) => {
      const answer = await call({
        url,
        headers: { accept: "application/json" },
        body: messageOf(notification),
        timeoutMs,
        fetch,
      });
      if (answer.kind === "none") return failedResult(answer, null);
      const result = resultOf(answer.body);
      if (answer.status === 200 && result === "success") return { ok: true };
      // A 200 with `failure` is an explicit refusal.
      if (answer.status === 200 && result === "failure") return { ok: false, kind: "refused", code: "failure" };
      return failedResult(answer, result);
    },
  };
}

function messageOf(notification: PagerNotification) {
  const { action, key, record, link } = notification;
  const fields = { message_type: MESSAGE_TYPE[action], entity_id: key, monitoring_tool: "Breakglass" };
  if (action !== "trigger") return fields;
  const summary = summaryOf(notification);
  return {
    ...fields,
    entity_display_name: summary,
    state_message: summary,
    // Epoch seconds.
    state_start_time: Math.floor(Date.parse(record.state.declaredAt) / 1000),
    ...detailsOf(notification),
    ...(link === null ? {} : { "vo_annotate.u.Answer in Slack": link }),
  };
}

/** Returns `success`, `failure` or another result, or `null` for an answer of another shape. */
const resultOf = (body: unknown): string | null => answered.safeParse(body).data?.result ?? null;
