import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { CAST, INCIDENTS, peopleTheWorkspace } from "../../../demo/cast.js";
import { DEMO_POLICY } from "../../../demo/policy.js";
import { createSlackDouble, type SlackDouble } from "../../../demo/slack/index.js";
import { createTestDatabase } from "../postgres.js";
import { alertsOf, type Declared, declareWithRetry, isAccepted } from "./people.js";
import { type BotProcess, installProgram } from "./program.js";
import { openTrail, type Trail } from "./trail.js";

/** Bots in processes of their own on one Slack double and one database, which a test kills, suspends and starts. */
export interface Bots {
  readonly slack: SlackDouble;
  /** `null` with the embedded database. */
  readonly trail: Trail | null;
  /** `null` with the embedded database. */
  readonly adminUrl: string | null;
  /** Starts a bot, the one that was prepared if there is one, and resolves when it is ready. */
  start(): Promise<Bot>;
  /** Loads the next bot, so that its start takes no longer than that of a bot which a supervisor restarts. */
  prepare(): void;
  /** Sends Slack's requests to this bot only. */
  direct(bot: Bot): void;
  /** Declares a bypass on the bot that gets Slack's requests and resolves at its acknowledgement. */
  acknowledged(): Promise<Declaration>;
  close(): Promise<void>;
}

/** A running bot. */
export interface Bot {
  readonly process: BotProcess;
  readonly port: number;
}

/** A declaration that was acknowledged. */
export interface Declaration {
  readonly target: string;
  /** `performance.now()` when its alert was posted. */
  readonly alerted: Promise<number>;
}

export interface BotsOptions {
  /** Default: a server, to which every bot connects. */
  readonly database?: "server" | "embedded";
  /** The address through which the bots reach the database; gets the real one. */
  readonly through?: (databaseUrl: string) => Promise<string>;
}

const PATIENCE_MS = 60_000;

export async function openBots({ database: kind = "server", through }: BotsOptions = {}): Promise<Bots> {
  const [program, slack] = await Promise.all([installProgram(), createSlackDouble()]);
  const database = kind === "server" ? await createTestDatabase() : null;
  peopleTheWorkspace(slack);
  const policyFile = join(program.folder, "breakglass.yaml");
  await writeFile(policyFile, DEMO_POLICY);
  const env = {
    SLACK_BOT_TOKEN: slack.botToken,
    SLACK_SIGNING_SECRET: slack.signingSecret,
    SLACK_API_URL: slack.apiUrl,
    BREAKGLASS_POLICY: policyFile,
    BREAKGLASS_DATA: join(program.folder, "data"),
    ...(database === null
      ? {}
      : {
          DATABASE_URL: through === undefined ? database.appUrl : await through(database.appUrl),
          DATABASE_ADMIN_URL: database.adminUrl,
          DATABASE_JOBS_URL: database.jobsUrl,
        }),
  };
  const trail = database === null ? null : openTrail(database.adminUrl);
  let prepared: BotProcess | null = null;
  return {
    slack,
    trail,
    adminUrl: database?.adminUrl ?? null,
    start: async () => {
      const bot = prepared ?? program.standby(env);
      prepared = null;
      bot.go();
      return { process: bot, port: await bot.started };
    },
    prepare: () => {
      prepared ??= program.standby(env);
    },
    direct: ({ port }) => slack.connect({ eventsUrl: `http://127.0.0.1:${port}/slack/events` }),
    acknowledged: async () => {
      let declared = await declareWithRetry(slack, CAST.priya);
      // A busy machine may miss Slack's three seconds.
      for (let tries = 1; tries < 5 && !isAcknowledged(declared); tries += 1)
        declared = await declareWithRetry(slack, CAST.priya);
      const { target, answer } = declared;
      if (!isAcknowledged(declared)) throw new Error(`Not declared: ${JSON.stringify(answer)}`);
      const alerted = slack
        .until(() => alertsOf(slack, target).at(0), `the alert about ${target}`, PATIENCE_MS)
        .then(() => performance.now());
      alerted.catch(() => {});
      return { target, alerted };
    },
    close: async () => {
      await trail?.close();
      await program.dispose();
      await slack.stop();
      await database?.drop();
    },
  };
}

const isAcknowledged = ({ answer }: Declared): boolean => isAccepted(answer) && answer.body === "";

/** Resolves when nothing waits any more in the outbox of a server. */
export async function untilDelivered({ trail, slack }: Bots): Promise<void> {
  if (trail === null) throw new Error("Only the outbox of a server can be read.");
  for (let left = await trail.waiting(); left > 0; left = await trail.waiting()) await trail.sql`SELECT pg_sleep(0.05)`;
  await slack.settled();
}

/** The alerts of these targets: how many were posted for each, and how many of those are left. */
function alertsFor(slack: SlackDouble, targets: readonly string[]) {
  const deleted = new Set(
    slack.record.messages.filter(({ kind }) => kind === "deleted").map(({ message }) => message.ts),
  );
  const posted = slack.record.messages.filter(
    ({ kind, message }) => kind === "posted" && message.channel === INCIDENTS && message.thread_ts === undefined,
  );
  return targets.map((target) => {
    const mine = posted.filter(({ message }) => message.text.includes(target));
    return { target, posted: mine.length, left: mine.filter(({ message }) => !deleted.has(message.ts)).length };
  });
}

/** The targets whose alerts were not posted exactly once, with their number. */
export const notOnce = (slack: SlackDouble, targets: readonly string[]): readonly string[] =>
  alertsFor(slack, targets)
    .filter(({ posted, left }) => posted !== 1 || left !== 1)
    .map(({ target, posted, left }) => `${target}: ${posted} alerts, ${left} of them left`);

/**
 * As {@link notOnce}, but an alert that its own bot took back does not count: one that is suspended in the middle of a
 * call cannot know that another one has posted meanwhile.
 */
export function notLeftOnce(slack: SlackDouble, targets: readonly string[]) {
  const alerts = alertsFor(slack, targets);
  return {
    wrong: alerts.filter(({ left }) => left !== 1).map(({ target, left }) => `${target}: ${left} alerts are left`),
    takenBack: alerts.reduce((sum, { posted, left }) => sum + posted - left, 0),
  };
}
