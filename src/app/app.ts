import { randomBytes } from "node:crypto";
import { charts } from "../charts/charts.js";
import { healthRoutes } from "../http/health.js";
import { createMetrics } from "../http/metrics.js";
import { type HealthChecks, readinessOf } from "../http/readiness.js";
import { createJobs } from "../jobs/jobs.js";
import { createInTurn } from "../lib/in-turn.js";
import { createLogger, type Logger } from "../lib/logger.js";
import { RELEASE } from "../lib/release.js";
import { createSignal } from "../lib/signal.js";
import { createPagers } from "../pagers/pagers.js";
import { type OpenedDatabase, openDatabase } from "../postgres/open.js";
import { createOutbox } from "../postgres/outbox/outbox.js";
import { createQueries } from "../postgres/queries/queries.js";
import { createLedger } from "../postgres/trail/ledger.js";
import { createSlackApp, type SlackApp } from "../slack/app.js";
import { createChat } from "../slack/delivery/chat.js";
import { createPublished } from "../slack/delivery/published.js";
import { createWebClient } from "../slack/delivery/web-client.js";
import { createDirectory } from "../slack/directory/directory.js";
import { createNamedIds } from "../slack/directory/named-ids.js";
import { addressOf } from "../slack/directory/workspace.js";
import { type AppContext, observeCommits } from "../usecases/app-context.js";
import { createBreakglass } from "../usecases/breakglass.js";
import { type Instance, recordPolicy, recordPolicyRejected } from "../usecases/commands/record-process.js";
import { revokeIneligible } from "../usecases/commands/revoke-ineligible.js";
import type { EffectContext } from "../usecases/delivery/effect-context.js";
import { performEffect } from "../usecases/delivery/perform-effect.js";
import { createMaintenance } from "../usecases/maintenance/maintenance.js";
import { alertsMissing, policyDiffers, workload } from "../usecases/maintenance/self-check.js";
import { followUp, tick } from "../usecases/maintenance/sweep.js";
import type { Directory } from "../usecases/ports/ports.js";
import { createRestoreWatch } from "../usecases/restored/watch.js";
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
    const foundation: Foundation = { config, overrides, log, policy, opened, now };
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
  const outbound = createOutboundAdapters(foundation);
  const useCases = createUseCases(foundation, outbound, instance);
  const slack = createEntryPoints(foundation, outbound, useCases);
  const { context, jobs, restored } = useCases;
  const kinds = { intake: config.slack.intake.kind, jobs: backendOf(config, opened).kind };
  return {
    context,
    jobs,
    restored,
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
function createOutboundAdapters({ config, log, policy, now }: Foundation) {
  const { botToken, apiUrl } = config.slack;
  const web = (timeoutMs: number) => createWebClient({ token: botToken.reveal(), apiUrl, timeoutMs });
  const directory = createDirectory({ client: web(SLACK_MS.lookup), now });
  const external = createPagers({ config, policy, log, now });
  const namedIds = createNamedIds({ directory, policy, log });
  const directoryWithSchedules: Directory = { ...directory, schedule: external.schedules.schedule };
  return {
    directory,
    directoryWithSchedules,
    external,
    namedIds,
    /** Logs ids in the policy that Slack or PagerDuty does not know. Runs at the start and with each new policy. */
    nameUnknownIds: (): void => {
      namedIds.lookUp();
      void external.schedules.trouble();
    },
    published: createPublished({ client: web(SLACK_MS.lookup), directory }),
    chat: createChat({ client: web(SLACK_MS.message), directory, policy }),
    forModals: web(SLACK_MS.modal),
  };
}

/** The context of the use cases, and the jobs that run them. */
function createUseCases(foundation: Foundation, outbound: OutboundAdapters, instance: Instance) {
  const { config, overrides, log, policy, opened, now } = foundation;
  const { directory, directoryWithSchedules, chat, external } = outbound;
  const changed = createSignal();
  const metrics = createMetrics({ read: () => workload(context) });
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
  const context: AppContext = {
    ledger: createLedger(opened.database),
    queries: createQueries(opened.database),
    outbox: createOutbox(opened.database),
    policy,
    directory: directoryWithSchedules,
    pagers: external.pagers.map(({ name }) => name),
    wake: jobs.wake,
    random: { hex: (bytes) => randomBytes(bytes).toString("hex") },
    observer: observeCommits(metrics, changed.fire),
    log,
    inTurn: createInTurn(),
  };
  const restored = createRestoreWatch({
    context,
    published: outbound.published,
    word: config.restored,
    now: () => performance.now(),
  });
  const linkTo: EffectContext["linkTo"] = async (record) => addressOf(await directory.home(), record);
  const effectContext: EffectContext = { context, chat, pagers: external.pagers, restored, linkTo };
  const recorder: PolicyRecorder = {
    changed: (changed) => recordPolicy(context, changed),
    refused: (hash, errors) => recordPolicyRejected(context, instance, hash, errors),
  };
  const maintenance = createMaintenance({
    effectContext,
    renewPolicy: () => policy.renew(recorder),
    now,
    onNewPolicy: outbound.nameUnknownIds,
    compare: restored.compare,
  });
  return { context, jobs, metrics, changed, restored };
}

/** The entry points on one port: Slack's requests, health checks and metrics. */
function createEntryPoints(
  foundation: Foundation,
  outbound: OutboundAdapters,
  { context, jobs, metrics, changed, restored }: UseCases,
): SlackApp {
  const { config, log, policy, opened, now } = foundation;
  const { directory, namedIds, external, forModals } = outbound;
  const checks: HealthChecks = {
    databaseNow: () => context.ledger.now(),
    now,
    slackAnswers: () => directory.reachable(),
    queue: () => jobs.state(),
    trailProtected: opened.protection.protected,
    policyTrouble: () => policy.trouble() !== null,
    policyDiffers: () => policyDiffers(context),
    alertsMissing: () => alertsMissing(context),
    trailBehind: restored.isBehind,
    unknownIds: namedIds.unknown,
    schedules: external.schedules.trouble,
    failingPagers: external.failing,
  };
  const machineClock = (): number => Date.now();
  const readiness = () => readinessOf(checks);
  const slack = createSlackApp({
    breakglass: createBreakglass(context),
    web: forModals,
    mode: modeOf(config.slack.intake),
    apiUrl: config.slack.apiUrl,
    home: directory.home,
    charts,
    log,
    routes: [...healthRoutes({ readiness, clock: machineClock, deadlineMs: HEALTH_DEADLINE_MS }), metrics.route],
    now: machineClock,
    onAccountChanged: (user) => {
      directory.forget(user);
      revokeIneligible(context).catch((error: unknown) => log.error("guard.failed", { user, error }));
    },
  });
  changed.listen(slack.changed);
  return slack;
}

type OutboundAdapters = ReturnType<typeof createOutboundAdapters>;
type UseCases = ReturnType<typeof createUseCases>;
