import { call } from "../lib/call.js";
import type { Fetch } from "../lib/outbound.js";
import type { Trouble } from "../usecases/ports/ports.js";
import { failedResult } from "./failed-result.js";
import type { PagersConfig } from "./pagers.js";

const LOOK_MS = 5_000;
/** No bypass has this key, so nothing carries an incident of it. */
const KEY = "breakglass-doctor";

/**
 * Tries each configured pager without paging anybody: PagerDuty is told that an incident which it does not know is over,
 * Splunk On-Call gets a line that opens no incident.
 */
export async function checkPagers(
  { pagerduty, splunkOnCall }: PagersConfig,
  fetch: Fetch,
): Promise<readonly Trouble[]> {
  const tries = [
    ...(pagerduty === null
      ? []
      : [
          tried("PagerDuty", "PAGERDUTY_ROUTING_KEY (and PAGERDUTY_EVENTS_URL in the EU region)", 202, {
            url: `${pagerduty.eventsUrl}v2/enqueue`,
            body: { routing_key: pagerduty.routingKey.reveal(), event_action: "resolve", dedup_key: KEY },
            fetch,
          }),
        ]),
    ...(splunkOnCall === null
      ? []
      : [
          tried("Splunk On-Call", "SPLUNK_ONCALL_URL", 200, {
            url: splunkOnCall.url.reveal(),
            body: { message_type: "INFO", entity_id: KEY, monitoring_tool: "Breakglass" },
            fetch,
          }),
        ]),
  ];
  return (await Promise.all(tries)).flat();
}

async function tried(
  name: string,
  variable: string,
  accepted: number,
  { url, body, fetch }: { readonly url: string; readonly body: unknown; readonly fetch: Fetch },
): Promise<Trouble[]> {
  const answer = await call({ url, headers: { accept: "application/json" }, body, timeoutMs: LOOK_MS, fetch });
  if (answer.kind === "answer" && answer.status === accepted) return [];
  const { code } = failedResult(answer, null);
  const fix =
    answer.kind === "none" ? "Check the network and the proxy." : `Copy the key again from the service: ${variable}.`;
  return [{ word: "pagers", problem: `${name} does not take a notification (${code}).`, fix }];
}
