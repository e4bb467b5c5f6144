import { randomBytes } from "node:crypto";
import type { Config } from "./config.js";
import { type OpenedDatabase, openDatabase } from "./db/open.js";
import { createOutbox } from "./db/outbox.js";
import { createReadings } from "./db/readings.js";
import { createLedger } from "./db/trail/ledger.js";
import { healthRoutes, type Readiness } from "./http/health.js";
import { createMetrics, type Metrics } from "./http/metrics.js";
import { type Route, respond } from "./http/routes.js";
import { openPolicyFile, type PolicyFile } from "./integrations/policy-file.js";
import { createJobs, type Jobs } from "./jobs/jobs.js";
import { createInTurn } from "./lib/in-turn.js";
import { createLogger, type Logger } from "./lib/logger.js";
import { createSlackApp, type SlackApp, type SlackAppOptions } from "./slack/app.js";
import { createChat } from "./slack/chat.js";
import { createDirectory, type SlackDirectory } from "./slack/directory.js";
import { createSlackPager } from "./slack/slack-pager.js";
import { createWebClient } from "./slack/web-client.js";
import { createBreakglass } from "./usecases/breakglass.js";
import type { Core } from "./usecases/core.js";
import { performEffect } from "./usecases/deliver.js";
import { endWhatMayNotBe } from "./usecases/guard.js";
import { type Instance, policyChanged, policyRefused, recordStart, recordStop } from "./usecases/lifecycle.js";
import type { Deliverer } from "./usecases/outcome.js";
import type { Pager } from "./usecases/ports.js";
import { sweep, tick } from "./usecases/time.js";

/** The release, as in package.json; it goes on record at every start. */
export const RELEASE = "0.1.0";

/** What a test, the benchmark or the demo may put in place of the real thing. */
export interface Overrides {
  readonly log?: Logger;
  /** Milliseconds added to every clock, so that the demo and the tests can move time on. */
  readonly clockOffsetMs?: () => number;
  /** Milliseconds between two sweeps; 5,000 if left out. */
  readonly sweepEveryMs?: number;
  /** Beside the Slack pager. */
  readonly pagers?: readonly Pager[];
  /** Lines for the operator during the start. */
  readonly say?: (line: string) => void;
}

export interface App {
  /** Returns when it can record and listens. Throws `FaultyConfiguration` when that cannot be. */
  start(): Promise<{ readonly port: number }>;
  /** Takes nothing new in and finishes what is in flight, within 10 s. */
  stop(): Promise<void>;
  /** Runs a sweep now, for the demo and for tests. */
  sweepNow(): Promise<void>;
}

const STOP_MS = 4_000;
const GUARD_EVERY_MS = 60_000;

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
    sweepNow: async () => {
      await (await starting)?.jobs.sweepNow();
    },
  };
}

interface Running {
  readonly port: number;
  readonly jobs: Jobs;
  stop(): Promise<void>;
}

async function assemble(config: Config, overrides: Overrides, log: Logger): Promise<Running> {
  const policy = await openPolicyFile(config.policyFile, log);
  const opened = await openDatabase({
    place: placeOf(config),
    jobsHere: config.redisUrl === null,
    newSecret: () => randomBytes(24).toString("hex"),
    say: overrides.say ?? ((line) => log.info("database", { hint: line })),
  });
  try {
    return await run(config, overrides, log, policy, opened);
  } catch (fault) {
    await opened.close();
    throw fault;
  }
}

async function run(
  config: Config,
  overrides: Overrides,
  log: Logger,
  policy: PolicyFile,
  opened: OpenedDatabase,
): Promise<Running> {
  const clockOffsetMs = overrides.clockOffsetMs ?? (() => 0);
  const now = (): number => Date.now() + clockOffsetMs();
  const clock = { clockOffsetMs };
  const { botToken, apiUrl, intake } = config.slack;
  const client = (timeoutMs: number) => createWebClient({ token: botToken.reveal(), apiUrl, timeoutMs });
  const directory = createDirectory({ client: client(1_500), now });
  const metrics = createMetrics({ read: () => gauges(core) });
  const jobs: Jobs = createJobs({
    backend:
      config.redisUrl === null
        ? { kind: "postgres", url: opened.jobsUrl }
        : { kind: "redis", url: config.redisUrl.reveal() },
    perform: {
      effect: (id) => performEffect(deliverer, id),
      tick: (n) => tick(core, n),
      sweep: () => timed(metrics, sweepAll),
    },
    log,
    clock: now,
    ...(overrides.sweepEveryMs === undefined ? {} : { sweepEveryMs: overrides.sweepEveryMs }),
  });
  const core: Core = {
    ledger: createLedger(opened.database, clock),
    readings: createReadings(opened.database, clock),
    outbox: createOutbox(opened.database, clock),
    policy,
    directory,
    wake: jobs.wake,
    random: { hex: (bytes) => randomBytes(bytes).toString("hex") },
    observer: metrics,
    log,
    inTurn: createInTurn(),
  };
  const deliverer: Deliverer = {
    core,
    chat: createChat({ client: client(5_000), directory, policy }),
    pagers: [createSlackPager({ directory, policy }), ...(overrides.pagers ?? [])],
  };
  const instance: Instance = { id: randomBytes(6).toString("hex"), release: RELEASE };

  let guardedAt = 0;
  const sweepAll = async (): Promise<void> => {
    await readPolicyAgain(core, policy, instance);
    await sweep(deliverer);
    if (now() - guardedAt < GUARD_EVERY_MS) return;
    guardedAt = now();
    await endWhatMayNotBe(core);
  };

  await recordStart(core, instance, policy.current(), opened.protection.reasons);
  const slack = createSlackApp({
    breakglass: createBreakglass(core),
    web: client(2_000),
    mode:
      intake.kind === "http"
        ? { kind: "http", signingSecret: intake.signingSecret.reveal() }
        : { kind: "socket", appToken: intake.appToken.reveal() },
    apiUrl,
    log,
    routes: mount(
      [
        ...healthRoutes({ readiness: () => readiness(opened, policy, directory, jobs), clock: () => Date.now() }),
        metrics.route,
      ],
      log,
    ),
    now: () => Date.now(),
    onAccountChanged: (user) => accountChanged(core, directory, user, log),
  });
  const { port } = await slack.start(config.http).catch(async (fault: unknown) => {
    await recordStop(core, instance).catch((error: unknown) => log.error("stop.unrecorded", { error }));
    throw fault;
  });
  // After the port: a process that cannot listen has begun nothing that would have to be ended.
  jobs.start();
  log.info("started", {
    port,
    instance: instance.id,
    release: RELEASE,
    intake: intake.kind,
    jobs: config.redisUrl === null ? "postgres" : "redis",
  });
  return { port, jobs, stop: () => stopAll(core, instance, slack, jobs, opened, log) };
}

async function timed(metrics: Metrics, work: () => Promise<void>): Promise<void> {
  const from = performance.now();
  const seconds = (): number => (performance.now() - from) / 1000;
  await work().then(
    () => metrics.sweep("done", seconds()),
    (fault: unknown) => {
      metrics.sweep("failed", seconds());
      throw fault;
    },
  );
}

function placeOf(config: Config): Parameters<typeof openDatabase>[0]["place"] {
  const { database } = config;
  if (database.kind === "embedded") return { kind: "embedded", dataDir: config.dataDir };
  const { url, adminUrl, jobsUrl } = database;
  return {
    kind: "server",
    url: url.reveal(),
    adminUrl: adminUrl?.reveal() ?? null,
    jobsUrl: jobsUrl?.reveal() ?? null,
  };
}

async function gauges(core: Core) {
  const [backlog, open] = await Promise.all([core.outbox.backlog(), core.readings.open()]);
  const active = open.bypasses.filter((bypass) => bypass.status === "active").length;
  return { ...backlog, requested: open.bypasses.length - active, active };
}

/** Ready means: it can record. What merely works worse is named as degraded. */
async function readiness(
  opened: OpenedDatabase,
  policy: PolicyFile,
  directory: SlackDirectory,
  jobs: Jobs,
): Promise<Readiness> {
  const [recording, reachable] = await Promise.all([
    opened.database.ping().then(
      () => true,
      () => false,
    ),
    directory.reachable(),
  ]);
  const named = JSON.stringify(policy.current().policy);
  const unknown = directory.unknownIds().filter((id) => named.includes(JSON.stringify(id)));
  return {
    down: recording ? [] : ["postgres"],
    degraded: [
      ...(reachable ? [] : ["slack"]),
      ...(jobs.state().up ? [] : ["queue"]),
      ...(jobs.state().mayEvict ? ["redis_may_evict"] : []),
      ...(policy.trouble() === null ? [] : ["policy_file"]),
      ...(opened.protection.protected ? [] : ["trail_unprotected"]),
      ...(unknown.length === 0 ? [] : [`unknown_ids: ${unknown.join(" ")}`]),
    ],
  };
}

async function readPolicyAgain(core: Core, policy: PolicyFile, instance: Instance): Promise<void> {
  const news = await policy.refresh();
  if (news?.kind === "changed") await policyChanged(core, news.now);
  if (news?.kind === "refused") await policyRefused(core, instance, news.hash, news.errors.length);
}

/** Slack tells of a change of an account: read it anew, and end what its deactivation ends. */
function accountChanged(core: Core, directory: SlackDirectory, user: string, log: Logger): void {
  directory.forget(user);
  endWhatMayNotBe(core).catch((error: unknown) => log.error("guard.failed", { user, error }));
}

/** Puts the routes of `http/` on the port that Slack's requests come in by. */
function mount(routes: readonly Route[], log: Logger): SlackAppOptions["routes"] {
  return routes.map((route) => ({
    method: route.method,
    path: route.path,
    handler: async (request, response) => {
      const asked = { method: request.method ?? "GET", path: route.path };
      const answer = await respond(routes, asked, (error) => log.error("http.fault", { path: route.path, error }));
      response.writeHead(answer.status, answer.headers).end(answer.body);
    },
  }));
}

/** Nothing new first, then what is in flight, then the record of the stop, then the ground. */
async function stopAll(
  core: Core,
  instance: Instance,
  slack: SlackApp,
  jobs: Jobs,
  opened: OpenedDatabase,
  log: Logger,
): Promise<void> {
  const [left] = await Promise.all([slack.stop(STOP_MS), jobs.stop(STOP_MS)]);
  await recordStop(core, instance).catch((error: unknown) => log.error("stop.unrecorded", { error }));
  await opened.close();
  log.info("stopped", { instance: instance.id, unfinished: left });
}
