import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as after } from "node:timers/promises";
import { peopleTheWorkspace } from "../../../demo/cast.js";
import { DEMO_POLICY } from "../../../demo/policy.js";
import { createSlackDouble, type SlackDouble } from "../../../demo/slack/index.js";
import { createTestDatabase, type TestDatabase } from "../postgres.js";
import { installProgram } from "./program.js";
import { type Supervisor, supervise } from "./supervisor.js";
import { openTrail, type Trail } from "./trail.js";
import { type Watch, watchTrail } from "./traps.js";

/** The built bot under a supervisor, on the Slack double and a database of its own, for tests that kill it. */
export interface KillEnvironment {
  readonly slack: SlackDouble;
  readonly database: TestDatabase;
  readonly trail: Trail;
  readonly watch: Watch;
  readonly bot: Supervisor;
  /** Waits until every effect is finished and resolves with the milliseconds. Checks at each change of the outbox. */
  drained(withinMs: number): Promise<number>;
  close(): Promise<void>;
}

export interface KillEnvironmentOptions {
  /** The text of the policy. Default: the demo's. */
  readonly policy?: string;
  /** Additional environment variables, such as those of a pager. */
  readonly env?: Readonly<Record<string, string>>;
  /** Default: the queue runs on PostgreSQL. */
  readonly redisUrl?: string;
  /** Adds more people to the workspace before the bot starts. */
  readonly people?: (slack: SlackDouble) => void;
}

export async function openKillEnvironment(options: KillEnvironmentOptions = {}): Promise<KillEnvironment> {
  const [program, slack, database] = await Promise.all([installProgram(), createSlackDouble(), createTestDatabase()]);
  peopleTheWorkspace(slack);
  options.people?.(slack);
  const trail = openTrail(database.adminUrl);
  const watch = await watchTrail(database.adminUrl);
  const policyFile = join(program.folder, "breakglass.yaml");
  await writeFile(policyFile, options.policy ?? DEMO_POLICY);
  const close = async (): Promise<void> => {
    await watch.close();
    await trail.close();
    await program.dispose();
    await slack.stop();
    await database.drop();
  };
  const env = {
    SLACK_BOT_TOKEN: slack.botToken,
    SLACK_SIGNING_SECRET: slack.signingSecret,
    SLACK_API_URL: slack.apiUrl,
    SLACK_PACE: "none",
    DATABASE_URL: database.appUrl,
    DATABASE_ADMIN_URL: database.adminUrl,
    DATABASE_JOBS_URL: database.jobsUrl,
    BREAKGLASS_POLICY: policyFile,
    ...(options.redisUrl === undefined ? {} : { REDIS_URL: options.redisUrl }),
    ...options.env,
  };
  try {
    const bot = await supervise(program, env, slack);
    return { slack, database, trail, watch, bot, drained: (ms) => drained(trail, watch, ms), close };
  } catch (fault) {
    await close();
    throw fault;
  }
}

async function drained(trail: Trail, watch: Watch, withinMs: number): Promise<number> {
  const from = performance.now();
  const late = after(withinMs, "late" as const, { ref: false });
  for (;;) {
    let stop: () => unknown = () => {};
    const changed = new Promise<void>((resolve) => {
      stop = watch.onOutbox(resolve);
    });
    const left = await trail.waiting();
    if (left === 0) {
      stop();
      return performance.now() - from;
    }
    if ((await Promise.race([changed, late])) === "late") throw new Error(`${left} effects still wait.`);
    stop();
  }
}
