import { randomBytes } from "node:crypto";
import { charts } from "../charts/charts.js";
import { healthRoutes } from "../http/health.js";
import { createMetrics, type Metrics } from "../http/metrics.js";
import { type HealthChecks, readinessOf } from "../http/readiness.js";
import { createHeartbeat } from "../jobs/heartbeat.js";
import { createJobs } from "../jobs/jobs.js";
import { createInTurn } from "../lib/in-turn.js";
import { createLogger, type Logger } from "../lib/logger.js";
import { createOutbound, type Outbound } from "../lib/outbound.js";
import { RELEASE } from "../lib/release.js";
import { createSignal } from "../lib/signal.js";
import { withUrgency } from "../lib/urgency.js";
import { createPagers } from "../pagers/pagers.js";
import { type OpenedDatabase, openDatabase } from "../postgres/open.js";
import { createClaims } from "../postgres/outbox/claims.js";
import { createInstances } from "../postgres/outbox/instances.js";
import { createOutbox } from "../postgres/outbox/outbox.js";
import { createQueries } from "../postgres/queries/queries.js";
import { createLedger } from "../postgres/trail/ledger.js";
import { createWriteProbe, type OnTrouble } from "../postgres/trail/write-probe.js";
import { createSlackApp, type SlackApp } from "../slack/app.js";
import { createChat } from "../slack/delivery/chat.js";
import { createWebClient } from "../slack/delivery/web-client.js";
import { createDirectory } from "../slack/directory/directory.js";
import { createNamedIds } from "../slack/directory/named-ids.js";
import { addressOf } from "../slack/directory/workspace.js";
import { createRefusedMethods, type RefusedMethods } from "../slack/health/refused-methods.js";
import { slackWords } from "../slack/health/words.js";
import { createPace } from "../slack/pacing/pace.js";
import { createMembership } from "../slack/survey/membership.js";
import { type AppContext, observeCommits } from "../usecases/app-context.js";
import { createBreakglass } from "../usecases/breakglass.js";
import { type Instance, recordPolicy, recordPolicyRejected } from "../usecases/commands/record-process.js";
import { revokeIneligible } from "../usecases/commands/revoke-ineligible.js";
import type { EffectContext } from "../usecases/delivery/effect-context.js";
import { performEffect } from "../usecases/delivery/perform-effect.js";
import { logCommits } from "../usecases/logged-ledger.js";
import { createMaintenance } from "../usecases/maintenance/maintenance.js";
import { alertsMissing, policyDiffers, workload } from "../usecases/maintenance/self-check.js";
import { followUp, tick } from "../usecases/maintenance/sweep.js";
import type { Directory } from "../usecases/ports/ports.js";
import type { Config } from "./config.js";
import { backendOf, modeOf, placeOf } from "./from-config.js";
import { type Running, run, type Services } from "./lifecycle.js";
import { openPolicyFile, type PolicyFile, type PolicyRecorder } from "./policy/policy-file.js";

/** What tests, the benchmark and the demo may replace. */
export interface Overrides {
  readonly log?: Logger;
  /**
   * Milliseconds added to the clock of the process, for the demo and the tests. They also move the database's clock
   * (demo/moved-clock.ts); when this is set, the start does not reset that clock.
   */
  readonly clockOffsetMs?: () => number;
  /** Milliseconds between two sweeps. Default: 5,000. */
  readonly sweepEveryMs?: number;
  /** Receives lines for the operator during the start. */
  readonly say?: (line: string) => void;
  /**
   * Receives the composed services once the app runs, so that tests and the demo can inspect them and sweep at will.
   */
  readonly onStarted?: (services: Services) => void;
}

/** A bot that can be started and stopped once. */
export interface App {
  /**
   * Resolves when the app can record and listens. Throws `FaultyConfiguration` when the configuration prevents that.
   */
  start(): Promise<{ readonly port: number }>;
  /** Accepts nothing new and finishes what is in flight, within 10 s. */
  stop(): Promise<void>;
}

/** Deadline of a health check. Longer than that of a statement, so that a hanging PostgreSQL is named as the cause. */
const HEALTH_DEADLINE_MS = 2_500;
/** A beat takes at most 0.6 of this: less than the others wait for the next one. */
const HEARTBEAT_DEADLINE_MS = 1_500;
/** Timeouts of Slack calls: a lookup at a click, a modal (Slack allows three seconds in all), a message. */
const SLACK_MS = { lookup: 1_500, modal: 2_000, message: 5_000 } as const;

/** The composition root: the only place where the parts are put together. */
export function createApp(config: Config, overrides: Overrides = {}): App {
  const log = overrides.log ?? createLogger({ level: config.logLevel });
  let starting: Promise<Running> | null = null;
  return {
    start: async () => {
      starting = assemble(config, overrides, log);
      return { port: (await starting).port };
    },
    // A stop during the start waits for the start to end, or the embedded server would be left running.
    stop: async () => {
      const stopping = starting;
      starting = null;
      await (await stopping?.catch(() => null))?.stop();
    },
  };
}

/** What is read and opened before the services are composed. */
interface Foundation {
  readonly config: Config;
  readonly overrides: Overrides;
  readonly log: Logger;
  readonly policy: PolicyFile;
  readonly opened: OpenedDatabase;
  readonly out: Outbound;
  /** Epoch milliseconds, plus the offset. */
  readonly now: () => number;
}

async function assemble(config: Config, overrides: Overrides, log: Logger): Promise<Running> {
  const policy = await openPolicyFile(config.policyFile, log);
  const opened = await openDatabase({
    place: placeOf(config),
    jobsHere: config.redisUrl === null,
    keepClock: overrides.clockOffsetMs !== undefined,
    newSecret: () => randomBytes(24).toString("hex"),
    say: overrides.say ?? ((line) => log.info("database", { hint: line })),
  });
  try {
    const clockOffsetMs = overrides.clockOffsetMs ?? (() => 0);
    const now = (): number => Date.now() + clockOffsetMs();
    const foundation: Foundation = {
      config,
      overrides,
      log,
      policy,
      opened,
      now,
      out: createOutbound(config.proxy, log),
    };
    const services = compose(foundation);
    const running = await run(services, config.http);
    overrides.onStarted?.(services);
    return running;
  } catch (fault) {
    await opened.close();
    throw fault;
  }
}

/** Creates all services and starts none. */
function compose(foundation: Foundation): Services {
  const { config, log, policy, opened } = foundation;
  const instance: Instance = { id: randomBytes(6).toString("hex"), release: RELEASE };
  const refused = createRefusedMethods(log);
  const metrics = createMetrics({
    read: () => workload(useCases.context),
    refused: refused.inForce,
    release: RELEASE,
  });
  const outbound = createOutboundAdapters(foundation, metrics, refused);
  const useCases = createUseCases(foundation, outbound, instance, metrics);
  const slack = createEntryPoints(foundation, outbound, useCases);
  const { context, jobs, heartbeat } = useCases;
  const kinds = { intake: config.slack.intake.kind, jobs: backendOf(config, opened).kind };
  return {
    context,
    jobs,
    heartbeat,
    slack,
    opened,
    policy,
    instance,
    log,
    kinds,
    nameUnknownIds: outbound.nameUnknownIds,
  };
}

/** The outbound adapters: Slack, and the pagers and schedules outside it. */
function createOutboundAdapters(
  { config, overrides, log, policy, now, out }: Foundation,
  { rateLimited }: Metrics,
  refused: RefusedMethods,
) {
  const { botToken, apiUrl, paced } = config.slack;
  const { report } = refused;
  // One for all clients, because Slack counts the calls of a method however they are made.
  const around = createPace({ paced, log, now: () => performance.now() + (overrides.clockOffsetMs?.() ?? 0) });
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
    namedIds,
    channelsWithoutBot: createMembership({ client: web(SLACK_MS.lookup), channelId, policy, now }),
    refused,
    /** Logs ids in the policy that Slack or PagerDuty does not know. Runs at the start and with each new policy. */
    nameUnknownIds: (): void => {
      withUrgency("direct", namedIds.lookUp);
      void external.schedules.trouble();
    },
    chat: createChat({ client: web(SLACK_MS.message), directory, policy }),
    forModals: web(SLACK_MS.modal),
  };
}

/** The context of the use cases, and the jobs that run them. */
function createUseCases(foundation: Foundation, outbound: OutboundAdapters, instance: Instance, metrics: Metrics) {
  const { config, overrides, log, policy, opened, now } = foundation;
  const { directory, directoryWithSchedules, chat, external } = outbound;
  const changed = createSignal();
  const jobs = createJobs({
    backend: backendOf(config, opened),
    perform: {
      effect: (id) => performEffect(effectContext, id),
      tick: (n) => tick(context, n),
      followUp: (n) => followUp(context, n),
      sweep: () => metrics.timeSweep(maintenance),
    },
    log,
    clock: now,
    ...(overrides.sweepEveryMs === undefined ? {} : { sweepEveryMs: overrides.sweepEveryMs }),
  });
  const claims = createClaims(instance.id);
  const heartbeat = createHeartbeat({
    instances: createInstances(opened.heartbeat, claims, { deadlineMs: HEARTBEAT_DEADLINE_MS }),
    takeUp: jobs.takeUp,
    log,
    alone: opened.alone,
    clocks: { wall: () => Date.now(), steady: () => performance.now() },
  });
  const context: AppContext = {
    ledger: logCommits(createLedger(opened.database), log),
    queries: createQueries(opened.database),
    outbox: createOutbox(opened.database, claims),
    policy,
    directory: directoryWithSchedules,
    pagers: external.pagers.map(({ name }) => name),
    wake: jobs.wake,
    random: { hex: (bytes) => randomBytes(bytes).toString("hex") },
    observer: observeCommits(metrics, changed.fire),
    log,
    inTurn: createInTurn(),
  };
  const linkTo: EffectContext["linkTo"] = async (record) => addressOf(await directory.home(), record);
  const effectContext: EffectContext = { context, chat, pagers: external.pagers, alive: heartbeat, linkTo };
  const recorder: PolicyRecorder = {
    changed: (changed) => recordPolicy(context, changed),
    refused: (hash, errors) => recordPolicyRejected(context, instance, hash, errors),
  };
  const maintenance = createMaintenance({
    effectContext,
    renewPolicy: () => policy.renew(recorder),
    now,
    onNewPolicy: outbound.nameUnknownIds,
    // A refusal ends when a call is performed again, and some methods are only called at a click.
    minutely: async () => void (outbound.refused.inForce().length > 0 && outbound.nameUnknownIds()),
  });
  return { context, jobs, heartbeat, metrics, changed };
}

/** The entry points on one port: Slack's requests, health checks and metrics. */
function createEntryPoints(
  foundation: Foundation,
  outbound: OutboundAdapters,
  { context, jobs, metrics, changed }: UseCases,
): SlackApp {
  const { config, log, policy, opened, now, out } = foundation;
  const { directory, namedIds, external, forModals, channelsWithoutBot, refused } = outbound;
  const checks: HealthChecks = {
    canRecord: createWriteProbe(opened.database, tellTrouble(log)),
    now,
    slackAnswers: async () => (await directory.reachable()) || refused.of("auth.test") !== null,
    slackRefuses: () =>
      slackWords({
        refused,
        socket: slack.socket()?.trouble ?? null,
        otherWorkspace: directory.otherWorkspace() !== null,
      }),
    queue: () => jobs.state(),
    trailProtected: opened.protection.protected,
    policyTrouble: () => policy.trouble() !== null,
    policyDiffers: () => policyDiffers(context),
    alertsMissing: () => alertsMissing(context),
    channelsWithoutBot,
    unknownIds: namedIds.unknown,
    schedules: external.schedules.trouble,
    failingPagers: external.failing,
    outbound: out.trouble,
  };
  const machineClock = (): number => Date.now();
  const readiness = () => readinessOf(checks);
  metrics.watch(readiness);
  const slack = createSlackApp({
    breakglass: createBreakglass(context),
    web: forModals,
    mode: modeOf(config.slack.intake, out),
    apiUrl: config.slack.apiUrl,
    fetch: out.fetch,
    home: directory.home,
    charts,
    log,
    routes: [...healthRoutes({ readiness, clock: machineClock, deadlineMs: HEALTH_DEADLINE_MS }), metrics.route],
    now: machineClock,
    jitter: Math.random,
    commandFrom: directory.commandFrom,
    onRequestRefused: metrics.requestRefused,
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
    else log.error("database.cannot_record", { trouble, error, hint: "docs/operating.md explains the word." });
  };
}

type OutboundAdapters = ReturnType<typeof createOutboundAdapters>;
type UseCases = ReturnType<typeof createUseCases>;
