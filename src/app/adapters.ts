import { lookup } from "node:dns/promises";
import { createCiIdentities } from "../ci/identity/identify.js";
import type { Metrics } from "../http/metrics.js";
import { RELEASE } from "../lib/release.js";
import { createPagers } from "../pagers/pagers.js";
import { createChat } from "../slack/delivery/chat.js";
import { createPublished } from "../slack/delivery/published.js";
import { createWebClient } from "../slack/delivery/web-client.js";
import { createDirectory } from "../slack/directory/directory.js";
import { createMembership } from "../slack/directory/membership.js";
import { createNamedIds } from "../slack/directory/named-ids.js";
import type { RefusedMethods } from "../slack/health/refused-methods.js";
import { createPace } from "../slack/pacing/pace.js";
import type { Directory } from "../usecases/ports/ports.js";
import { withUrgency } from "../usecases/ports/urgency.js";
import { post } from "../webhooks/post.js";
import { createWebhooks } from "../webhooks/webhooks.js";
import type { Foundation } from "./foundation.js";

/** Timeouts of Slack calls: a lookup at a click, a modal (Slack allows three seconds in all), a message. */
const SLACK_MS = { lookup: 1_500, modal: 2_000, message: 5_000 } as const;

/** The adapters that reach out: Slack, the pagers, schedules and webhooks outside it, and the issuers of pipeline tokens. */
export function createAdapters(
  { config, overrides, log, policy, now, out }: Foundation,
  { rateLimited }: Metrics,
  refused: RefusedMethods,
) {
  const { botToken, apiUrl, paced } = config.slack;
  const { report } = refused;
  const steadyMs = (): number => performance.now() + (overrides.clockOffsetMs?.() ?? 0);
  // One for all clients, because Slack counts the calls of a method however they are made.
  const around = createPace({ paced, log, now: steadyMs });
  const common = { token: botToken.reveal(), apiUrl, fetch: out.fetch, around, report, onRateLimited: rateLimited };
  const web = (timeoutMs: number) => createWebClient({ ...common, timeoutMs });
  const directory = createDirectory({ client: web(SLACK_MS.lookup), now, refused });
  const { channelId } = directory;
  const external = createPagers({ config, policy, log, now, fetch: out.fetch });
  const namedIds = createNamedIds({ directory, policy, log });
  const { schedules } = external;
  const directoryWithSchedules: Directory = {
    ...directory,
    schedule: schedules.schedule,
    refusal: async (what) => (what === "schedule" ? schedules.refusal() : directory.refusal(what)),
  };
  return {
    directory,
    directoryWithSchedules,
    external,
    /** Who asks, of the pipelines. */
    ci: createCiIdentities({ policy, fetch: out.fetch, log, nowMs: steadyMs }),
    webhooks: createWebhooks({
      secrets: config.webhookSecrets,
      policy,
      proxy: config.proxy,
      resolve: (hostname) => lookup(hostname, { all: true }),
      post,
      // Receivers have a clock of their own, whatever the demo does to ours.
      now: () => Date.now(),
      steady: () => performance.now() + (overrides.clockOffsetMs?.() ?? 0),
      release: RELEASE,
    }),
    namedIds,
    channelsWithoutBot: createMembership({ client: web(SLACK_MS.lookup), channelId, policy, now }),
    refused,
    /** Logs ids in the policy that Slack or PagerDuty does not know. Runs at the start and with each new policy. */
    nameUnknownIds: (): void => {
      withUrgency("direct", namedIds.lookUp);
      void external.schedules.trouble();
    },
    published: createPublished({ client: web(SLACK_MS.lookup), directory }),
    chat: createChat({ client: web(SLACK_MS.message), directory, policy }),
    forModals: web(SLACK_MS.modal),
  };
}

/** What leads out of the process. */
export type Adapters = ReturnType<typeof createAdapters>;
