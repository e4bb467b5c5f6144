import { charts } from "../charts/charts.js";
import { gateCheckRoute } from "../http/gate-checks.js";
import { healthRoutes, shareReadiness } from "../http/health.js";
import { jwksRoute } from "../http/jwks.js";
import { openApiRoute } from "../http/openapi.js";
import { type HealthChecks, readinessOf } from "../http/readiness.js";
import type { Logger } from "../lib/logger.js";
import { createWriteProbe, type OnTrouble } from "../postgres/trail/write-probe.js";
import { createSlackApp, type SlackApp } from "../slack/app.js";
import { slackWords } from "../slack/health/words.js";
import { createBreakglass } from "../usecases/breakglass.js";
import { checkGate } from "../usecases/commands/check-gate.js";
import { revokeIneligible } from "../usecases/commands/revoke-ineligible.js";
import { alertsMissing, policyDiffers } from "../usecases/maintenance/self-check.js";
import { hintOf } from "../usecases/ports/readyz-words.js";
import { withUrgency } from "../usecases/ports/urgency.js";
import type { Adapters } from "./adapters.js";
import type { Foundation } from "./foundation.js";
import { modeOf } from "./from-config.js";
import type { UseCases } from "./use-cases.js";

/** Deadline of a health check. Longer than that of a statement, so that a hanging PostgreSQL is named as the cause. */
const HEALTH_DEADLINE_MS = 2_500;

/** The entry points on one port: Slack's requests, health checks and metrics. */
export function createEntryPoints(
  foundation: Foundation,
  adapters: Adapters,
  { context, jobs, heartbeat, metrics, changed, restored, maintenance }: UseCases,
): SlackApp {
  const { config, log, policy, opened, now, out } = foundation;
  const { directory, namedIds, external, webhooks, forModals, channelsWithoutBot, refused } = adapters;
  const checks: HealthChecks = {
    canRecord: createWriteProbe(opened.database, tellTrouble(log)),
    now,
    slackAnswers: async () => (await directory.reachable()) || refused.of("auth.test") !== null,
    slackRefuses: () =>
      slackWords({
        refused,
        socket: slack.socket()?.trouble ?? null,
        otherWorkspace: directory.otherWorkspace() !== null,
        signingSecretInDoubt: slack.signingSecretInDoubt(),
      }),
    queue: () => jobs.state(),
    trailProtected: opened.protection.protected,
    databaseIntact: opened.altered.length === 0,
    policyTrouble: () => policy.trouble() !== null,
    policyDiffers: () => policyDiffers(context),
    alertsMissing: () => alertsMissing(context),
    trailBehind: restored.isBehind,
    channelsWithoutBot,
    unknownIds: namedIds.unknown,
    schedules: external.schedules.trouble,
    ciKeys: adapters.ci.trouble,
    failingPagers: external.failing,
    failingWebhooks: webhooks.failing,
    webhooksWithoutSecret: webhooks.withoutSecret,
    outbound: out.trouble,
    heartbeatMissed: heartbeat.missed,
    maintenanceStuck: maintenance.stuck,
  };
  const machineClock = (): number => Date.now();
  // Its lookups must not spend the calls that clicks need.
  const readiness = shareReadiness(() => withUrgency("upkeep", () => readinessOf(checks)), HEALTH_DEADLINE_MS);
  metrics.watch(readiness);
  const gateChecks = gateCheckRoute({
    identity: adapters.ci,
    check: (pipeline, request) => checkGate(context, foundation.receipts, pipeline, request),
    now: () => new Date(machineClock()),
    onChecked: metrics.gateChecked,
  });
  const slack = createSlackApp({
    breakglass: createBreakglass(context),
    web: forModals,
    mode: modeOf(config.slack.intake, out),
    apiUrl: config.slack.apiUrl,
    fetch: out.fetch,
    home: directory.home,
    charts,
    log,
    routes: [...healthRoutes(readiness), metrics.route, jwksRoute(foundation.receipts), openApiRoute(), gateChecks],
    now: machineClock,
    jitter: Math.random,
    ...(foundation.overrides.steadyMs === undefined ? {} : { steady: foundation.overrides.steadyMs }),
    commandFrom: directory.commandFrom,
    onRequestRefused: metrics.requestRefused,
    onConnectionClosed: metrics.connectionClosed,
    onQuestionRefused: metrics.questionRefused,
    precedence: foundation.precedence,
    onAccountChanged: (user) => {
      directory.forget(user);
      revokeIneligible(context).catch((error: unknown) => log.error("guard.failed", { user, error }));
    },
  });
  changed.listen(slack.changed);
  return slack;
}

/** Logs once that nothing can be recorded, by the word that `/readyz` has for it, and once that it is over. */
function tellTrouble(log: Logger): OnTrouble {
  return (trouble, error) => {
    if (trouble === null) log.info("database.records_again");
    else log.error("database.cannot_record", { trouble, error, hint: hintOf(trouble) });
  };
}
