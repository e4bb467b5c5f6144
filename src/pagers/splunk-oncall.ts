import { z } from "zod";
import type { OutsidePager, PagerNotification } from "../usecases/ports/ports.js";
import { call } from "./call.js";
import { notTaken } from "./not-taken.js";
import { detailsOf, summaryOf } from "./pager-words.js";

export interface SplunkOnCallSettings {
  /** The address of the REST endpoint integration, key and routing key at its end; so all of it is a secret. */
  readonly url: string;
  /** For one call, in milliseconds; 5,000 if left out. */
  readonly timeoutMs?: number;
}

/** What of an answer is relied on. */
const answered = z.object({ result: z.string() });

const MESSAGE_TYPE = { trigger: "CRITICAL", acknowledge: "ACKNOWLEDGEMENT", resolve: "RECOVERY" } as const;

/** Splunk On-Call (once VictorOps) by its REST endpoint: one incident per bypass, its `entity_id` being our key. */
export function createSplunkOnCall({ url, timeoutMs = 5_000 }: SplunkOnCallSettings): OutsidePager {
  return {
    name: "splunk-oncall",
    notify: async (notification) => {
      const answer = await call({
        url,
        headers: { accept: "application/json" },
        body: messageOf(notification),
        timeoutMs,
      });
      if (answer.kind === "none") return notTaken(answer, null);
      const result = resultOf(answer.body);
      if (answer.status === 200 && result === "success") return { ok: true };
      // A 200 that says otherwise is their no, in so many words.
      if (answer.status === 200 && result === "failure") return { ok: false, kind: "refused", code: "failure" };
      return notTaken(answer, result);
    },
  };
}

function messageOf(notification: PagerNotification) {
  const { action, key, record, link } = notification;
  const told = { message_type: MESSAGE_TYPE[action], entity_id: key, monitoring_tool: "Breakglass" };
  if (action !== "trigger") return told;
  const summary = summaryOf(notification);
  return {
    ...told,
    entity_display_name: summary,
    state_message: summary,
    /** Seconds since 1970. */
    state_start_time: Math.floor(Date.parse(record.state.declaredAt) / 1000),
    ...detailsOf(notification),
    ...(link === null ? {} : { "vo_annotate.u.Answer in Slack": link }),
  };
}

/** `success`, `failure`, or another word of theirs; `null` for an answer of another kind. */
const resultOf = (body: unknown): string | null => answered.safeParse(body).data?.result ?? null;
