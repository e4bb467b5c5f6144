import type { Fetch } from "../lib/outbound.js";
import type { Secret } from "../lib/secret.js";
import type { Log, PolicySource } from "../usecases/ports/ports.js";
import { createPagerDuty } from "./pagerduty.js";
import { createSchedules, type Schedules } from "./pagerduty-schedules.js";
import { createSplunkOnCall } from "./splunk-oncall.js";
import { type WatchedPagers, watchPagers } from "./watched-pagers.js";

/** Pagers outside of Slack; `null` for one that is not configured. */
export interface PagersConfig {
  /** `eventsUrl` is the base URL of the Events API with a trailing slash. */
  readonly pagerduty: { readonly routingKey: Secret; readonly eventsUrl: string } | null;
  /** The whole URL is a secret, because it holds the key. */
  readonly splunkOnCall: { readonly url: Secret } | null;
}

/** How to read schedules that hold roles. `apiUrl` is the base URL of PagerDuty's REST API with a trailing slash. */
export interface SchedulesConfig {
  readonly token: Secret;
  readonly apiUrl: string;
}

export interface PagersSettings {
  readonly config: { readonly pagers: PagersConfig; readonly schedules: SchedulesConfig | null };
  readonly policy: PolicySource;
  readonly log: Log;
  readonly fetch: Fetch;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/** The configured pagers and on-call schedules outside of Slack. */
export interface Pagers extends WatchedPagers {
  readonly schedules: Schedules;
}

/** Creates the pagers and schedules that the configuration names. */
export function createPagers({ config, policy, log, now, fetch }: PagersSettings): Pagers {
  const { pagers, schedules } = config;
  const { pagerduty, splunkOnCall } = pagers;
  const configured = [
    ...(pagerduty === null
      ? []
      : [createPagerDuty({ routingKey: pagerduty.routingKey.reveal(), eventsUrl: pagerduty.eventsUrl, fetch })]),
    ...(splunkOnCall === null ? [] : [createSplunkOnCall({ url: splunkOnCall.url.reveal(), fetch })]),
  ];
  const api = schedules === null ? null : { token: schedules.token.reveal(), baseUrl: schedules.apiUrl, fetch };
  return { ...watchPagers(configured), schedules: createSchedules({ api, policy, log, now }) };
}
