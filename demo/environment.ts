import { type App, createApp, type Overrides } from "../src/app/app.js";
import { readConfig } from "../src/app/config.js";
import type { Services } from "../src/app/lifecycle.js";
import { peopleTheWorkspace } from "./cast.js";
import { moveDatabaseClock } from "./moved-clock.js";
import { createSlackDouble, type DoubleOptions, type SlackDouble } from "./slack/index.js";

export interface DemoEnvironmentOptions {
  /** The database of the trail. `adminUrl` runs the migrations. */
  readonly databaseUrl: string;
  readonly adminUrl: string;
  readonly jobsUrl?: string;
  readonly redisUrl?: string;
  /** Path of the policy file. */
  readonly policyFile: string;
  /** How Slack's requests arrive. Default: HTTP. */
  readonly intake?: "http" | "socket";
  /** Number of bots on the same database, which receive Slack's requests in turn. Default: 1. */
  readonly instances?: number;
  readonly double?: DoubleOptions;
  /** Milliseconds by which the clocks are ahead at the start. Default: 0. */
  readonly aheadMs?: number;
  readonly overrides?: Overrides;
  /** Additional environment variables, such as those of a pager. */
  readonly env?: Readonly<Record<string, string>>;
}

/** The real bot on the Slack double, with a clock that can be moved forward. */
export interface DemoEnvironment {
  readonly slack: SlackDouble;
  readonly apps: readonly App[];
  readonly ports: readonly number[];
  /** Moves every clock forward and runs everything that became due. */
  advance(ms: number): Promise<void>;
  /** Milliseconds by which the clocks are ahead. */
  offsetMs(): number;
  /** Runs everything that is due now. */
  sweep(): Promise<void>;
  /** The earliest end of an active grant; `null` when no gate is open. */
  nextEnd(): Promise<Date | null>;
  /** Reports whether any bypass is requested or active. */
  isAnyOpen(): Promise<boolean>;
  close(): Promise<void>;
}

/** Starts the double and the bots. Used by the demo and the tests. */
export async function openDemoEnvironment(options: DemoEnvironmentOptions): Promise<DemoEnvironment> {
  let offset = options.aheadMs ?? 0;
  const now = (): number => Date.now() + offset;
  const slack = await createSlackDouble({ now, ...options.double });
  peopleTheWorkspace(slack);
  const running: Services[] = [];
  const apps = Array.from({ length: options.instances ?? 1 }, () =>
    createApp(configOf(slack, options), {
      clockOffsetMs: () => offset,
      onStarted: (services) => running.push(services),
      ...options.overrides,
    }),
  );
  let moved: Promise<void> = Promise.resolve();
  /** Runs moves one after another, each to the newest offset, so that an older one never overtakes the last. */
  const moveDatabase = (): Promise<void> => {
    moved = moved.catch(() => {}).then(() => moveDatabaseClock(options.adminUrl, offset));
    return moved;
  };
  const ports: number[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(apps.map((app) => app.stop()));
    await slack.stop();
  };
  try {
    // Before the start, so that nothing is recorded with another time; and again after it, for a new database.
    await moveDatabase();
    for (const app of apps) ports.push((await app.start()).port);
    if (offset !== 0) await moveDatabase();
    // Slack cannot reach a bot before its socket is connected.
    if (options.intake === "socket")
      await slack.until(() => slack.sockets.connections >= apps.length, "a connection of each bot");
  } catch (fault) {
    await close();
    throw fault;
  }
  if (options.intake !== "socket")
    slack.connect({ eventsUrl: ports.map((port) => `http://127.0.0.1:${port}/slack/events`) });
  const sweep = async (): Promise<void> => {
    for (const { jobs } of running) await jobs.sweepNow();
  };
  const advance = async (ms: number): Promise<void> => {
    offset += ms;
    if (ms !== 0) await moveDatabase();
    await sweep();
  };
  const open = async () => (await running[0]?.context.queries.open(1_000))?.bypasses ?? [];
  const nextEnd = async (): Promise<Date | null> => {
    const ends = (await open()).flatMap(({ status, endsAt }) =>
      status === "active" && endsAt !== null ? [endsAt] : [],
    );
    return ends.length === 0 ? null : new Date(ends.reduce((a, b) => (a < b ? a : b)));
  };
  const isAnyOpen = async (): Promise<boolean> => (await open()).length > 0;
  return { slack, apps, ports, advance, sweep, offsetMs: () => offset, nextEnd, isAnyOpen, close };
}

function configOf(slack: SlackDouble, options: DemoEnvironmentOptions) {
  const intake =
    options.intake === "socket" ? { SLACK_APP_TOKEN: slack.appToken } : { SLACK_SIGNING_SECRET: slack.signingSecret };
  return readConfig({
    SLACK_BOT_TOKEN: slack.botToken,
    SLACK_API_URL: slack.apiUrl,
    SLACK_PACE: options.double?.rateLimits === true ? "published" : "none",
    ...intake,
    DATABASE_URL: options.databaseUrl,
    DATABASE_ADMIN_URL: options.adminUrl,
    DATABASE_JOBS_URL: options.jobsUrl,
    REDIS_URL: options.redisUrl,
    PORT: "0",
    HOST: "127.0.0.1",
    BREAKGLASS_POLICY: options.policyFile,
    LOG_LEVEL: "warn",
    ...options.env,
  });
}
