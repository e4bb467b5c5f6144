import { randomBytes } from "node:crypto";
import type { Config } from "./config.js";
import { type OpenedDatabase, openDatabase } from "./db/open.js";
import { createOutbox } from "./db/outbox.js";
import { createQueries } from "./db/queries.js";
import { createLedger } from "./db/trail/ledger.js";
import { healthRoutes } from "./http/health.js";
import { createMetrics } from "./http/metrics.js";
import { readinessOf, type Vitals } from "./http/readiness.js";
import { openPolicyFile, type PolicyFile } from "./integrations/policy-file.js";
import { createJobs, type Jobs } from "./jobs/jobs.js";
import { createInTurn } from "./lib/in-turn.js";
import { createLogger, type Logger } from "./lib/logger.js";
import { RELEASE } from "./lib/release.js";
import { createSlackApp, type SlackApp } from "./slack/app.js";
import { createChat } from "./slack/chat.js";
import { createDirectory, type SlackDirectory } from "./slack/directory.js";
import { createSlackPager } from "./slack/slack-pager.js";
import { createWebClient } from "./slack/web-client.js";
import { createBreakglass } from "./usecases/breakglass.js";
import type { Core } from "./usecases/core.js";
import { performEffect } from "./usecases/deliver.js";
import { endWhatMayNotBe } from "./usecases/guard.js";
import { type Instance, policyRefused, recordPolicy, recordStart, recordStop } from "./usecases/lifecycle.js";
import type { Deliverer } from "./usecases/outcome.js";
import { sweep, tick } from "./usecases/time.js";

/** What a test, the benchmark or the demo may put in place of the real thing. */
export interface Overrides {
  readonly log?: Logger;
  /** Milliseconds added to every clock, so that the demo and the tests can move time on. */
  readonly clockOffsetMs?: () => number;
  /** Milliseconds between two sweeps; 5,000 if left out. */
  readonly sweepEveryMs?: number;
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
/** Longer than the deadline of a statement, so that a PostgreSQL that hangs is told by its name. */
const READING_MS = 2_500;
const GUARD_EVERY_MS = 60_000;
/** A channel that has not heard of an open bypass by then shows in `/readyz`. */
const UNHEARD_MS = 30_000;

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
      sweep: () => metrics.timeSweep(sweepAll),
    },
    log,
    clock: now,
    ...(overrides.sweepEveryMs === undefined ? {} : { sweepEveryMs: overrides.sweepEveryMs }),
  });
  const core: Core = {
    ledger: createLedger(opened.database, clock),
    queries: createQueries(opened.database, clock),
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
    pager: createSlackPager({ directory, policy }),
  };
  const instance: Instance = { id: randomBytes(6).toString("hex"), release: RELEASE };

  let guardedAt = 0;
  const sweepAll = async (): Promise<void> => {
    await sweep(deliverer);
    if (await readPolicyAgain(core, policy, instance)) lookUpIds(policy, directory, log);
    if (now() - guardedAt < GUARD_EVERY_MS) return;
    await endWhatMayNotBe(core);
    guardedAt = now();
  };

  await recordStart(core, instance, policy.current(), opened.protection.reasons);
  if (!opened.protection.protected) {
    log.warn("trail.unprotected", {
      hint: "The role of DATABASE_URL could alter the trail. Give it a plain role, and DATABASE_ADMIN_URL the owner.",
    });
  }
  const vitals: Vitals = {
    databaseNow: () => core.ledger.now(),
    now,
    slackAnswers: () => directory.reachable(),
    queue: () => jobs.state(),
    trailProtected: opened.protection.protected,
    policyTrouble: () => policy.trouble() !== null,
    policyDiffers: async () => (await core.queries.policyOnRecord())?.hash !== policy.current().hash,
    alertsMissing: () => alertsMissing(core),
    unknownIds: () => namedIn(policy, directory.unknownIds()),
  };
  const slack = createSlackApp({
    breakglass: createBreakglass(core),
    web: client(2_000),
    mode:
      intake.kind === "http"
        ? { kind: "http", signingSecret: intake.signingSecret.reveal() }
        : { kind: "socket", appToken: intake.appToken.reveal() },
    apiUrl,
    home: directory.home,
    log,
    routes: [
      ...healthRoutes({
        readiness: () => readinessOf(vitals),
        clock: () => Date.now(),
        deadlineMs: READING_MS,
      }),
      metrics.route,
    ],
    now: () => Date.now(),
    onAccountChanged: (user) => accountChanged(core, directory, user, log),
  });
  const { port } = await slack.start(config.http).catch(async (fault: unknown) => {
    await recordStop(core, instance).catch((error: unknown) => log.error("stop.unrecorded", { error }));
    throw fault;
  });
  // After the port: a process that cannot listen has begun nothing that would have to be ended.
  jobs.start();
  lookUpIds(policy, directory, log);
  log.info("started", {
    port,
    instance: instance.id,
    release: RELEASE,
    intake: intake.kind,
    jobs: config.redisUrl === null ? "postgres" : "redis",
  });
  return { port, jobs, stop: () => stopAll(core, instance, slack, jobs, opened, log) };
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
  const [backlog, open] = await Promise.all([core.outbox.backlog(), core.queries.open()]);
  const active = open.bypasses.filter((bypass) => bypass.status === "active").length;
  return { ...backlog, requested: open.bypasses.length - active, active };
}

/** Accounts, user groups and channels that the policy names: asked once, so that `/readyz` can name those Slack does not know. */
function lookUpIds(policy: PolicyFile, directory: SlackDirectory, log: Logger): void {
  const { roles, paths } = policy.current().policy;
  const all = Object.values(roles);
  const looks: Promise<unknown>[] = [
    ...all.flatMap(({ slackUsergroup }) => (slackUsergroup === null ? [] : [directory.group(slackUsergroup)])),
    ...all.flatMap(({ slackUsers }) => slackUsers.map((user) => directory.account(user))),
    ...Object.values(paths).map(({ alertChannel }) => directory.sharing(alertChannel)),
  ];
  const tell = async (): Promise<void> => {
    if (!(await directory.reachable())) {
      log.warn("slack.unreachable", {
        hint: "Slack does not answer to the bot token. Check the network and SLACK_BOT_TOKEN; /readyz tells when it does.",
      });
    }
    const unknown = namedIn(policy, directory.unknownIds());
    if (unknown.length === 0) return;
    log.warn("policy.unknown_ids", { ids: unknown, hint: "Slack does not know these ids of the policy." });
  };
  Promise.all(looks)
    .then(tell)
    .catch((error: unknown) => log.warn("policy.lookup_failed", { error }));
}

const namedIn = (policy: PolicyFile, ids: readonly string[]): readonly string[] => {
  const text = JSON.stringify(policy.current().policy);
  return ids.filter((id) => text.includes(JSON.stringify(id)));
};

/** A change goes on record first and is in force after that; what could not be recorded comes again with the next sweep. */
async function readPolicyAgain(core: Core, policy: PolicyFile, instance: Instance): Promise<boolean> {
  const candidate = await policy.refresh();
  if (candidate === null) return false;
  if (candidate.kind === "refused") {
    await policyRefused(core, instance, candidate.hash, candidate.errors.length);
    policy.accept(candidate);
    return false;
  }
  await recordPolicy(core, candidate.policy);
  policy.accept(candidate);
  core.log.info("policy.in_force", { hash: candidate.policy.hash });
  await endWhatMayNotBe(core);
  return true;
}

async function alertsMissing(core: Core): Promise<boolean> {
  const { now, bypasses } = await core.queries.open();
  return bypasses.some(
    ({ alertTs, declaredAt }) => alertTs === null && now.getTime() - Date.parse(declaredAt) > UNHEARD_MS,
  );
}

/** Slack tells of a change of an account: read it anew, and end what its deactivation ends. */
function accountChanged(core: Core, directory: SlackDirectory, user: string, log: Logger): void {
  directory.forget(user);
  endWhatMayNotBe(core).catch((error: unknown) => log.error("guard.failed", { user, error }));
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
