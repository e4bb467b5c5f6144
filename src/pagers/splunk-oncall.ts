import { z } from "zod";
import type { OutsidePager, Ring } from "../usecases/ports/ports.js";
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
    ring: async (ring) => {
      const answer = await call({ url, headers: { accept: "application/json" }, body: messageOf(ring), timeoutMs });
      if (answer.kind === "none") return notTaken(answer, null);
      const result = resultOf(answer.body);
      if (answer.status === 200 && result === "success") return { ok: true };
      // A 200 that says otherwise is their no, in so many words.
      if (answer.status === 200 && result === "failure") return { ok: false, kind: "refused", code: "failure" };
      return notTaken(answer, result);
    },
  };
}

function messageOf(ring: Ring) {
  const { deed, key, record, link } = ring;
  const told = { message_type: MESSAGE_TYPE[deed], entity_id: key, monitoring_tool: "Breakglass" };
  if (deed !== "trigger") return told;
  const summary = summaryOf(ring);
  return {
    ...told,
    entity_display_name: summary,
    state_message: summary,
    /** Seconds since 1970. */
    state_start_time: Math.floor(Date.parse(record.state.declaredAt) / 1000),
    ...detailsOf(ring),
    ...(link === null ? {} : { "vo_annotate.u.Answer in Slack": link }),
  };
}

/** `success`, `failure`, or another word of theirs; `null` for an answer of another kind. */
const resultOf = (body: unknown): string | null => answered.safeParse(body).data?.result ?? null;
