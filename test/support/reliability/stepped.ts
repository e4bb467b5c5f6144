import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import postgres from "postgres";
import { peopleTheWorkspace } from "../../../demo/cast.js";
import { moveDatabaseClock } from "../../../demo/moved-clock.js";
import { createSlackDouble, type SlackDouble } from "../../../demo/slack/index.js";
import { createTestDatabase, type TestDatabase } from "../postgres.js";
import { undelivered } from "../undelivered.js";
import type { BotProcess, Program } from "./program.js";

/** The built bot with a movable clock. Each line of input sets the offset in milliseconds and runs a sweep. */
const SCRIPT = `
import { createInterface } from "node:readline";
const { createApp } = await import("./dist/src/app/app.js");
const { readConfig } = await import("./dist/src/app/config.js");
let offset = Number(process.env.OFFSET);
let services;
const onStarted = (all) => { services = all; };
const app = createApp(readConfig(process.env), { clockOffsetMs: () => offset, sweepEveryMs: 500, onStarted });
await app.start();
createInterface({ input: process.stdin }).on("line", (line) => {
  offset = Number(line);
  const event = "swept " + line;
  services.jobs.sweepNow().catch(() => {}).then(() => console.log(JSON.stringify({ event })));
});
`;

export interface SteppedOptions {
  readonly program: Program;
  readonly policyFile: string;
  /** The time (ISO) at the first start. */
  readonly begins: string;
  readonly redisUrl?: string;
}

/** A bot in a process of its own on the Slack double, whose clock is moved from moment to moment. */
export interface SteppedBot {
  readonly slack: SlackDouble;
  readonly database: TestDatabase;
  /** Moves the clocks to this moment (ISO) and waits until everything due is done. */
  moveTo(moment: string): Promise<void>;
  /** Like `moveTo`, but kills the bot (`kill -9`) after `afterMs` and starts another. */
  moveToAndKill(moment: string, afterMs: number): Promise<void>;
  /** All notices that are not about a single bypass: key, channel and time (ISO) of the message. */
  notices(): Promise<readonly { readonly key: string; readonly channel: string; readonly at: string }[]>;
  close(): Promise<void>;
}

export async function openSteppedBot({ program, policyFile, begins, redisUrl }: SteppedOptions): Promise<SteppedBot> {
  let offset = Date.parse(begins) - Date.now();
  const now = (): number => Date.now() + offset;
  const database = await createTestDatabase();
  const slack = await createSlackDouble({ now });
  peopleTheWorkspace(slack);
  await writeFile(join(program.folder, "stepped.js"), SCRIPT);
  const sql = postgres(database.adminUrl, { max: 1, fetch_types: false, onnotice: () => {} });
  const env = (): Record<string, string> => ({
    SLACK_BOT_TOKEN: slack.botToken,
    SLACK_API_URL: slack.apiUrl,
    SLACK_PACE: "none",
    SLACK_SIGNING_SECRET: slack.signingSecret,
    DATABASE_URL: database.appUrl,
    DATABASE_ADMIN_URL: database.adminUrl,
    DATABASE_JOBS_URL: database.jobsUrl,
    BREAKGLASS_POLICY: policyFile,
    LOG_LEVEL: "info",
    OFFSET: String(offset),
    ...(redisUrl === undefined ? {} : { REDIS_URL: redisUrl }),
  });
  let bot: BotProcess;
  const begin = async (): Promise<void> => {
    bot = program.run("stepped.js", env());
    const port = await bot.started;
    slack.connect({ eventsUrl: `http://127.0.0.1:${port}/slack/events` });
  };
  /** Polls PostgreSQL until nothing is due by the moved clock. */
  const isDone = async (): Promise<void> => {
    for (let quiet = 0; quiet < 2; ) {
      const at = new Date(now()).toISOString();
      const rows = await sql`
        SELECT FROM pg_sleep(0.01), breakglass.outbox o WHERE ${undelivered(sql, at)}
        UNION ALL SELECT FROM breakglass.bypasses WHERE follow_up_at <= ${at}::timestamptz OR next_due_at <= ${at}::timestamptz`;
      quiet = rows.length === 0 ? quiet + 1 : 0;
      if (rows.length > 0) bot.writeLine(String(offset));
    }
    await slack.settled();
  };
  /** Runs one sweep and waits for it: the digest and the gates are on record afterwards. */
  const sweeps = async (): Promise<void> => {
    bot.writeLine(String(offset));
    await bot.logged(`swept ${offset}`);
  };
  const setClock = async (moment: string): Promise<void> => {
    const ahead = Date.parse(moment) - now();
    if (ahead < 0) throw new Error(`${moment} has passed.`);
    offset += ahead;
    await moveDatabaseClock(database.adminUrl, offset);
  };
  await moveDatabaseClock(database.adminUrl, offset);
  await begin();
  return {
    slack,
    database,
    moveTo: async (moment) => {
      await setClock(moment);
      await sweeps();
      await isDone();
    },
    moveToAndKill: async (moment, afterMs) => {
      await setClock(moment);
      bot.writeLine(String(offset));
      await sql`SELECT FROM pg_sleep(${afterMs / 1000})`;
      bot.signal("SIGKILL");
      await bot.ended;
      await begin();
      await sweeps();
      await isDone();
    },
    notices: async () => {
      const rows = await sql<{ key: string; channel: string; ts: string }[]>`
        SELECT message_key AS key, posted_channel AS channel, posted_ts AS ts FROM breakglass.outbox
        WHERE n = 0 AND posted_ts IS NOT NULL AND effect ->> 'kind' LIKE '%.post' ORDER BY message_key, position`;
      return rows.map(({ key, channel, ts }) => ({ key, channel, at: new Date(Number(ts) * 1000).toISOString() }));
    },
    close: async () => {
      bot.signal("SIGTERM");
      await bot.ended;
      await sql.end({ timeout: 1 });
      await slack.stop();
      await database.drop();
    },
  };
}
