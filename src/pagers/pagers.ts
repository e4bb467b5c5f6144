import type { Secret } from "../lib/secret.js";
import type { Log, PolicySource } from "../usecases/ports/ports.js";
import { createPagerDuty } from "./pagerduty.js";
import { createSchedules, type Schedules } from "./pagerduty-schedules.js";
import { createSplunkOnCall } from "./splunk-oncall.js";
import { type WatchedPagers, watchPagers } from "./watched-pagers.js";

/** Pagers outside of Slack; `null` where none was set up. */
export interface PagersConfig {
  /** `eventsUrl` is the base of the Events API with a slash at its end. */
  readonly pagerduty: { readonly routingKey: Secret; readonly eventsUrl: string } | null;
  /** The whole address is a secret: it holds the key. */
  readonly splunkOnCall: { readonly url: Secret } | null;
}

/** How schedules are read that hold roles; `apiUrl` is the base of PagerDuty's REST API with a slash at its end. */
export interface SchedulesConfig {
  readonly token: Secret;
  readonly apiUrl: string;
}

export interface OutsideSettings {
  readonly config: { readonly pagers: PagersConfig; readonly schedules: SchedulesConfig | null };
  readonly policy: PolicySource;
  readonly log: Log;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** The services outside of Slack that were set up: whom they wake, and whom they know to be on call. */
export interface Outside extends WatchedPagers {
  readonly schedules: Schedules;
}

/** Makes what the configuration asks for, and nothing else. */
export function createOutside({ config, policy, log, now }: OutsideSettings): Outside {
  const { pagers, schedules } = config;
  const { pagerduty, splunkOnCall } = pagers;
  const setUp = [
    ...(pagerduty === null
      ? []
      : [createPagerDuty({ routingKey: pagerduty.routingKey.reveal(), eventsUrl: pagerduty.eventsUrl })]),
    ...(splunkOnCall === null ? [] : [createSplunkOnCall({ url: splunkOnCall.url.reveal() })]),
  ];
  const api = schedules === null ? null : { token: schedules.token.reveal(), baseUrl: schedules.apiUrl };
  return { ...watchPagers(setUp), schedules: createSchedules({ api, policy, log, now }) };
}
