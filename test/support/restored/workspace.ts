import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { INCIDENTS, peopleTheWorkspace } from "../../../demo/cast.js";
import { DEMO_POLICY } from "../../../demo/policy.js";
import { elementsOf } from "../../../demo/slack/block-kit/rules.js";
import { createSlackDouble, type Message, type SlackDouble } from "../../../demo/slack/index.js";
import { createApp } from "../../../src/app/app.js";
import { readConfig } from "../../../src/app/config.js";
import type { Services } from "../../../src/app/lifecycle.js";
import { createLogger } from "../../../src/lib/logger.js";
import { createPerson } from "../journey/person.js";
import { copyDatabase, createTestDatabase, type TestDatabase } from "../postgres.js";
import { openTrail, type Trail } from "../reliability/trail.js";

/** A bot on one database, with direct access to that database. */
export interface RunningBot {
  readonly services: Services;
  readonly trail: Trail;
  /** Lines of the log: `event` and the rest. */
  readonly log: readonly Readonly<Record<string, unknown>>[];
  readyz(): Promise<{ readonly down: readonly string[]; readonly degraded: readonly string[] }>;
  /** Resolves when everything that is due has been delivered. */
  delivered(): Promise<void>;
  stop(): Promise<void>;
}

/** A Slack workspace and its database, which can be copied and exchanged as by a backup and its restore. */
export interface RestorableWorkspace {
  readonly slack: SlackDouble;
  /** The database of the original. */
  readonly original: TestDatabase;
  /** Copies the database as it is now. */
  backUp(): Promise<TestDatabase>;
  start(database: TestDatabase, env?: Readonly<Record<string, string>>): Promise<RunningBot>;
  person(id: string): ReturnType<typeof createPerson>;
  /** The newest alert of that name. */
  alert(name: string): Promise<Message>;
  close(): Promise<void>;
}

/** The sample policy: every hour is an office hour, and two bypasses make a gate sick. */
export function policyAtNoon(now = new Date()): string {
  const ahead = 12 - now.getUTCHours();
  const zone = `Etc/GMT${ahead >= 0 ? "-" : "+"}${Math.abs(ahead)}`;
  return DEMO_POLICY.replace(
    "timezone: Europe/Berlin, days: [mon, tue, wed, thu, fri]",
    `timezone: ${zone}, days: [mon, tue, wed, thu, fri, sat, sun]`,
  )
    .replace('holidays: ["2026-12-25"]', "holidays: []")
    .replace("warm_at: 2, sick_at: 3", "warm_at: 1, sick_at: 2");
}

export async function openRestorableWorkspace(policy = policyAtNoon()): Promise<RestorableWorkspace> {
  const folder = await mkdtemp(join(tmpdir(), "breakglass-restored-"));
  const policyFile = join(folder, "breakglass.yaml");
  await writeFile(policyFile, policy);
  const slack = await createSlackDouble({ answerWithinMs: 60_000 });
  peopleTheWorkspace(slack);
  const original = await createTestDatabase();
  const databases = [original];
  const running = new Set<RunningBot>();
  /** Of several alerts of one name, the newest is meant. */
  const alert = (name: string): Promise<Message> =>
    slack.until(
      () => slack.messages(INCIDENTS).findLast((one) => one.thread_ts === undefined && one.text.startsWith(`${name} `)),
      `the alert of ${name}`,
    );

  const start: RestorableWorkspace["start"] = async (database, env = {}) => {
    const log: Record<string, unknown>[] = [];
    const stream = { write: (line: string) => void log.push(JSON.parse(line)) };
    const found: Services[] = [];
    const app = createApp(
      readConfig({
        SLACK_BOT_TOKEN: slack.botToken,
        SLACK_SIGNING_SECRET: slack.signingSecret,
        SLACK_API_URL: slack.apiUrl,
        DATABASE_URL: database.appUrl,
        DATABASE_ADMIN_URL: database.adminUrl,
        DATABASE_JOBS_URL: database.jobsUrl,
        PORT: "0",
        HOST: "127.0.0.1",
        BREAKGLASS_POLICY: policyFile,
        ...env,
      }),
      { log: createLogger({ level: "info", stream }), onStarted: (services) => void found.push(services) },
    );
    const { port } = await app.start();
    slack.connect({ eventsUrl: `http://127.0.0.1:${port}/slack/events` });
    const [services] = found;
    if (services === undefined) throw new Error("The bot did not say that it runs.");
    const trail = openTrail(database.adminUrl);
    const bot: RunningBot = {
      services,
      trail,
      log,
      readyz: async () => JSON.parse(await (await fetch(`http://127.0.0.1:${port}/readyz`)).text()),
      delivered: async () => {
        for (let round = 0; round < 1_000; round += 1) {
          await services.jobs.sweepNow();
          await slack.settled();
          if ((await trail.waiting()) === 0) return;
        }
        throw new Error("The outbox still holds undelivered rows.");
      },
      stop: async () => {
        if (!running.delete(bot)) return;
        await app.stop();
        await trail.close();
      },
    };
    running.add(bot);
    return bot;
  };

  return {
    slack,
    original,
    backUp: async () => {
      const copy = await copyDatabase(original);
      databases.push(copy);
      return copy;
    },
    start,
    person: (id) => createPerson(slack, id, alert),
    alert,
    close: async () => {
      for (const bot of [...running]) await bot.stop();
      await slack.stop();
      for (const database of databases) await database.drop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** The values of all buttons of a message, by the ids of their actions. */
export function valuesOf({ blocks = [] }: Pick<Message, "blocks">): ReadonlyMap<string, string> {
  return new Map(
    blocks
      .flatMap(elementsOf)
      .flatMap(({ action_id: id, value }) =>
        typeof id === "string" && typeof value === "string" ? [[id, value] as const] : [],
      ),
  );
}
