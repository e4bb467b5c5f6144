import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { CAST, peopleTheWorkspace } from "../../demo/cast.js";
import { createSlackDouble, type SlackDouble } from "../../demo/slack/index.js";
import { createTestDatabase, type TestDatabase } from "../support/postgres.js";
import { redisForTests, type TestRedis } from "../support/redis.js";
import { declare, declared, replies } from "../support/reliability/people.js";
import { type BotProcess, installProgram, type Program } from "../support/reliability/program.js";
import { readOnly } from "../support/reliability/read-only.js";

let program: Program;
let slack: SlackDouble;
let database: TestDatabase;
let redis: TestRedis | null;
let bot: BotProcess;
let port: number;

beforeAll(async () => {
  [program, slack, database, redis] = await Promise.all([
    installProgram(),
    createSlackDouble(),
    createTestDatabase(),
    redisForTests(),
  ]);
  peopleTheWorkspace(slack);
});

afterEach(async () => {
  bot.signal("SIGKILL");
  await bot.ended;
});

afterAll(async () => {
  await program?.dispose();
  await Promise.all([slack?.stop(), database?.drop(), redis?.stop()]);
});

async function start(env: Readonly<Record<string, string>> = {}): Promise<void> {
  bot = program.start({
    SLACK_BOT_TOKEN: slack.botToken,
    SLACK_SIGNING_SECRET: slack.signingSecret,
    SLACK_API_URL: slack.apiUrl,
    DATABASE_URL: database.appUrl,
    DATABASE_ADMIN_URL: database.adminUrl,
    DATABASE_JOBS_URL: database.jobsUrl,
    ...env,
  });
  port = await bot.started;
  slack.connect({ eventsUrl: `http://127.0.0.1:${port}/slack/events` });
}

type Line = Readonly<Record<string, unknown>> & { readonly event: string; readonly level: string };

/** Every line that the bot wrote, as JSON: anything else fails. */
const lines = (): Line[] =>
  bot
    .output()
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Line);
const withEvent = (event: string): Line[] => lines().filter((line) => line.event === event);

/** Waits for a line, which the bot writes a moment after what people see. */
async function line(event: string, isIt: (line: Line) => boolean): Promise<Line> {
  let found: Line | undefined;
  await expect
    .poll(() => {
      found = withEvent(event).find(isIt);
      return found !== undefined;
    })
    .toBe(true);
  if (found === undefined) throw new Error(`There is no line ${event}.`);
  return found;
}

const holds = (list: unknown, value: unknown): boolean => Array.isArray(list) && list.includes(value);

describe("the log of a bypass", () => {
  test("leads from the request in Slack over its commit to the delivered message, and names who asked but not what", async () => {
    await start();
    const { n, message } = await declared(slack, { Reason: "zebra-crossing at the gateway" });
    const commit = await line("commit", ({ bypass, events }) => bypass === n && holds(events, "bypass.declared"));
    expect(commit).toMatchObject({
      level: "info",
      seq: expect.any(Number),
      request: expect.stringMatching(/^[0-9a-f]{8}$/),
    });
    const request = await line("slack.request", (one) => one.request === commit.request);
    expect(request).toMatchObject({
      kind: "view_submission",
      user: CAST.priya,
      outcome: "answered",
      ms: expect.any(Number),
    });
    const alert = await line("effect.done", ({ id, kind }) => kind === "alert.post" && holds(commit.effects, id));
    expect(alert).toMatchObject({ bypass: n, outcome: "done", ts: message.ts, attempt: 1 });
    const told = await line("commit", ({ cause }) => cause === `effect:${String(alert.id)}`);
    expect(told).toMatchObject({ bypass: n, events: expect.arrayContaining([expect.stringMatching(/^alert\./)]) });

    await slack.as(CAST.priya).click(message, "Approve");
    const refused = await line("refused", ({ bypass }) => bypass === n);
    expect(refused).toMatchObject({ code: "self_approval", level: "info" });
    const attempt = await line("commit", ({ events }) => holds(events, "attempt.refused"));
    expect(attempt.request).toBe(refused.request);
    expect(await line("slack.request", (one) => one.request === refused.request)).toMatchObject({
      kind: "block_actions",
    });

    await slack.as(CAST.dana).click(message, "Approve");
    await slack.until(() => replies(slack, message, /Approved by/).length > 0, "the approval");
    await line("commit", ({ bypass, events }) => bypass === n && holds(events, "bypass.activated"));
    expect(bot.output()).not.toMatch(/zebra|INC-219/);
    expect(lines().filter(({ level }) => level === "warn" || level === "error")).toEqual([]);
  });

  test("names the SQLSTATE of a commit that failed", async () => {
    await start();
    const writable = await readOnly(database);
    const { answer } = await declare(slack, CAST.priya).finally(writable);
    expect(JSON.stringify(answer)).toMatch(/Not recorded/);
    const failed = await line("commit.failed", ({ events }) => holds(events, "bypass.declared"));
    expect(failed).toMatchObject({ level: "warn", outcome: "not_recorded", code: "25006" });
    expect(await line("slack.not_recorded", () => true)).toMatchObject({ request: failed.request });
  });

  test("has one line for two hundred forged requests, which are counted, and one more at the end with their number", async () => {
    await start();
    const forged = { "content-type": "application/x-www-form-urlencoded", "x-slack-signature": "v0=00" };
    const at = String(Math.floor(Date.now() / 1000));
    for (let i = 0; i < 200; i += 1) {
      const sent = await fetch(`http://127.0.0.1:${port}/slack/events`, {
        method: "POST",
        headers: { ...forged, "x-slack-request-timestamp": at },
        body: `command=%2Fbreakglass&n=${i}`,
      });
      expect(sent.status).toBe(401);
    }
    expect(withEvent("slack.request_refused")).toHaveLength(1);
    const metrics = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    expect(metrics).toContain('breakglass_requests_refused_total{why="forged"} 200');
    bot.signal("SIGTERM");
    await bot.ended;
    expect(withEvent("slack.request_refused").at(-1)).toMatchObject({ why: "forged", count: 199 });
  });

  test("holds what libraries print, as lines of its own kind", async ({ skip }) => {
    if (redis === null) return skip();
    await redis.config("maxmemory-policy", "allkeys-lru");
    await start({ REDIS_URL: redis.url, NODE_OPTIONS: "--trace-deprecation" });
    await line("library.output", ({ says }) => /eviction/i.test(String(says)));
    expect(bot.errors()).toBe("");
    expect(lines().length).toBeGreaterThan(2);
  });
});
