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
import { createOutside } from "../pagers/pagers.js";
import { type OpenedDatabase, openDatabase } from "../postgres/open.js";
import { createOutbox } from "../postgres/outbox/outbox.js";
import { createQueries } from "../postgres/queries/queries.js";
import { createLedger } from "../postgres/trail/ledger.js";
import { createSlackApp, type SlackApp } from "../slack/app.js";
import { createChat } from "../slack/delivery/chat.js";
import { createSlackPager } from "../slack/delivery/pager.js";
import { createWebClient } from "../slack/delivery/web-client.js";
import { createDirectory } from "../slack/directory/directory.js";
import { createNamedIds } from "../slack/directory/named-ids.js";
import { addressOf } from "../slack/directory/workspace.js";
import { type AppContext, tellingOfCommits } from "../usecases/app-context.js";
import { createBreakglass } from "../usecases/breakglass.js";
import { revokeIneligible } from "../usecases/commands/revoke-ineligible.js";
import type { EffectContext } from "../usecases/delivery/outbox-results.js";
import { performEffect } from "../usecases/delivery/perform-effect.js";
import { type Instance, policyRefused, recordPolicy } from "../usecases/maintenance/lifecycle.js";
import { createMaintenance } from "../usecases/maintenance/maintenance.js";
import { alertsMissing, policyDiffers, workload } from "../usecases/maintenance/self-check.js";
import { followUp, tick } from "../usecases/maintenance/sweep.js";
import { accountsHolding } from "../usecases/people/role-holders.js";
import type { Directory } from "../usecases/ports/ports.js";
import type { Config } from "./config.js";
import { backendOf, modeOf, placeOf } from "./from-config.js";
import { type Running, run, type Services } from "./lifecycle.js";
import { openPolicyFile, type PolicyFile, type PolicyRecorder } from "./policy/policy-file.js";

/** What a test, the benchmark or the demo may put in place of the real thing. */
export interface Overrides {
  readonly log?: Logger;
  /**
   * Milliseconds added to the clock of the process, for the demo and the tests. The database has a clock of its own, which
   * they move too (demo/moved-clock.ts); with this set, a start leaves that one as it is.
   */
  readonly clockOffsetMs?: () => number;
  /** Milliseconds between two sweeps; 5,000 if left out. */
  readonly sweepEveryMs?: number;
  /** Lines for the operator during the start. */
  readonly say?: (line: string) => void;
  /** Gets everything that was put together once the app runs, so that tests and the demo can look inside and sweep at will. */
  readonly onStarted?: (services: Services) => void;
}

export interface App {
  /** Returns when it can record and listens. Throws `FaultyConfiguration` when that cannot be. */
  start(): Promise<{ readonly port: number }>;
  /** Takes nothing new in and finishes what is in flight, within 10 s. */
  stop(): Promise<void>;
}

/** Longer than the deadline of a statement, so that a PostgreSQL that hangs is told by its name. */
const READING_MS = 2_500;
/** How long Slack may take: for a look at the click, for a modal inside its three seconds, for a message. */
const SLACK_MS = { look: 1_500, modal: 2_000, message: 5_000 } as const;

/** The composition root: everything is put together here and nowhere else. */
export function createApp(config: Config, overrides: Overrides = {}): App {
  const log = overrides.log ?? createLogger({ level: config.logLevel });
  let starting: Promise<Running> | null = null;
  return {
    start: async () => {
      starting = assemble(config, overrides, log);
      return { port: (await starting).port };
    },
    // A stop during the start waits for it: else the embedded server would be left running.
    stop: async () => {
      const stopping = starting;
      starting = null;
      await (await stopping?.catch(() => null))?.stop();
    },
  };
}

/** What stands before anything is put together: what was given, read and opened. */
interface Ground {
  readonly config: Config;
  readonly overrides: Overrides;
  readonly log: Logger;
  readonly policy: PolicyFile;
  readonly opened: OpenedDatabase;
  /** Epoch milliseconds, moved on by the offset. */
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
    const ground: Ground = { config, overrides, log, policy, opened, now };
    const services = compose(ground);
    const running = await run(services, config.http);
    overrides.onStarted?.(services);
    return running;
  } catch (fault) {
    await opened.close();
    throw fault;
  }
}

/** Everything is made here, from the outside in and out again; nothing is begun yet. */
function compose(ground: Ground): Services {
  const { config, log, policy, opened } = ground;
  const instance: Instance = { id: randomBytes(6).toString("hex"), release: RELEASE };
  const outbound = createOutboundAdapters(ground);
  const inside = createInside(ground, outbound, instance);
  const slack = createEntrances(ground, outbound, inside);
  const { context, jobs } = inside;
  const kinds = { intake: config.slack.intake.kind, jobs: backendOf(config, opened).kind };
  return { context, jobs, slack, opened, policy, instance, log, kinds, nameUnknownIds: outbound.nameUnknownIds };
}

/** The ways out: to Slack, and to pagers and schedules beside it. */
function createOutboundAdapters({ config, log, policy, now }: Ground) {
  const { botToken, apiUrl } = config.slack;
  const web = (timeoutMs: number) => createWebClient({ token: botToken.reveal(), apiUrl, timeoutMs });
  const directory = createDirectory({ client: web(SLACK_MS.look), now });
  const outside = createOutside({ config, policy, log, now });
  const namedIds = createNamedIds({ directory, policy, log });
  const everybody: Directory = { ...directory, schedule: outside.schedules.schedule };
  return {
    directory,
    everybody,
    outside,
    namedIds,
    /** Names what the policy names and nobody knows; at once, and again with each new policy. */
    nameUnknownIds: (): void => {
      namedIds.lookUp();
      void outside.schedules.trouble();
    },
    chat: createChat({ client: web(SLACK_MS.message), directory, policy }),
    pager: createSlackPager({
      directory: everybody,
      policy,
      holders: (role) => accountsHolding({ directory: everybody, policy }, [role]),
    }),
    forModals: web(SLACK_MS.modal),
  };
}

/** What the use cases stand on, and what wakes them. */
function createInside(ground: Ground, outbound: OutboundAdapters, instance: Instance) {
  const { config, overrides, log, policy, opened, now } = ground;
  const { directory, everybody, chat, pager, outside } = outbound;
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
    directory: everybody,
    pagers: outside.pagers.map(({ name }) => name),
    wake: jobs.wake,
    random: { hex: (bytes) => randomBytes(bytes).toString("hex") },
    observer: tellingOfCommits(metrics, changed.fire),
    log,
    inTurn: createInTurn(),
  };
  const linkTo: EffectContext["linkTo"] = async (record) => addressOf(await directory.home(), record);
  const effectContext: EffectContext = { context, chat, pager, outside: outside.pagers, linkTo };
  const recorder: PolicyRecorder = {
    changed: (changed) => recordPolicy(context, changed),
    refused: (hash, errors) => policyRefused(context, instance, hash, errors),
  };
  const maintenance = createMaintenance({
    effectContext,
    renewPolicy: () => policy.renew(recorder),
    now,
    onNewPolicy: outbound.nameUnknownIds,
  });
  return { context, jobs, metrics, changed };
}

/** What is turned to people and to programs that watch: Slack's requests, health and metrics, on one port. */
function createEntrances(
  ground: Ground,
  outbound: OutboundAdapters,
  { context, jobs, metrics, changed }: Inside,
): SlackApp {
  const { config, log, policy, opened, now } = ground;
  const { directory, namedIds, outside, forModals } = outbound;
  const checks: HealthChecks = {
    databaseNow: () => context.ledger.now(),
    now,
    slackAnswers: () => directory.reachable(),
    queue: () => jobs.state(),
    trailProtected: opened.protection.protected,
    policyTrouble: () => policy.trouble() !== null,
    policyDiffers: () => policyDiffers(context),
    alertsMissing: () => alertsMissing(context),
    unknownIds: namedIds.unknown,
    schedules: outside.schedules.trouble,
    failingPagers: outside.failing,
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
    routes: [...healthRoutes({ readiness, clock: machineClock, deadlineMs: READING_MS }), metrics.route],
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
type Inside = ReturnType<typeof createInside>;
