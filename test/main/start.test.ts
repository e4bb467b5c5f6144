import { readFile, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:net";
import { join } from "node:path";
import postgres from "postgres";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { CAST, INCIDENTS, peopleTheWorkspace } from "../../demo/cast.js";
import { createSlackDouble, type SlackDouble } from "../../demo/slack/index.js";
import { serversUnder } from "../support/embedded-bot.js";
import { createTestDatabase, type TestDatabase } from "../support/postgres.js";
import { alertOf, declare, declared, replies } from "../support/reliability/people.js";
import { type BotProcess, installProgram, type Program } from "../support/reliability/program.js";
import { holdCommits, openTrail, type Trail } from "../support/reliability/trail.js";
import { ACCESS_KEY } from "../support/secrets.js";

const onLinux = process.platform === "linux";

let program: Program;
let slack: SlackDouble;
let database: TestDatabase;
let trail: Trail;

beforeAll(async () => {
  [program, slack, database] = await Promise.all([installProgram(), createSlackDouble(), createTestDatabase()]);
  peopleTheWorkspace(slack);
  trail = openTrail(database.adminUrl);
});

afterAll(async () => {
  await trail?.close();
  await program?.dispose();
  await slack?.stop();
  await database?.drop();
});

const bots: BotProcess[] = [];
afterEach(async () => {
  for (const bot of bots.splice(0)) {
    bot.signal("SIGKILL");
    await bot.ended;
  }
});

const slackEnv = () => ({
  SLACK_BOT_TOKEN: slack.botToken,
  SLACK_SIGNING_SECRET: slack.signingSecret,
  SLACK_API_URL: slack.apiUrl,
});
const onServer = () => ({
  ...slackEnv(),
  DATABASE_URL: database.appUrl,
  DATABASE_ADMIN_URL: database.adminUrl,
  DATABASE_JOBS_URL: database.jobsUrl,
});

/** How many entries say that a bot started or stopped. */
async function entriesOfBots(): Promise<number> {
  const admin = postgres(database.adminUrl, { max: 1, onnotice: () => {} });
  const [row] = await admin`SELECT count(*)::integer AS n FROM breakglass.trail WHERE body ~ '"type":"bot[.]st'`;
  await admin.end();
  return Number(row?.n);
}

function start(env: Readonly<Record<string, string>>): BotProcess {
  const bot = program.start(env);
  bots.push(bot);
  return bot;
}

async function startedBot(env: Readonly<Record<string, string>>): Promise<{ bot: BotProcess; port: number }> {
  const bot = start(env);
  const port = await bot.started;
  slack.connect({ eventsUrl: `http://127.0.0.1:${port}/slack/events` });
  return { bot, port };
}

/** The exit code and the output of a start that fails. */
async function failed(env: Readonly<Record<string, string>>): Promise<{ code: number | null; output: string }> {
  const bot = start(env);
  const { code } = await bot.ended;
  return { code, output: bot.output() };
}

describe("a failing start", () => {
  test("without Slack's secrets exits with 78 and points to the demo", async () => {
    const { code, output } = await failed({ BREAKGLASS_DATA: join(program.folder, "never") });
    expect(code).toBe(78);
    expect(output).toContain("SLACK_BOT_TOKEN");
    expect(output).toContain("SLACK_SIGNING_SECRET");
    expect(output).toContain("npm run demo");
    expect(output).not.toContain("    at ");
  });

  test("with an invalid policy exits with 78 and names file, line and column of each error", async () => {
    const file = join(program.folder, "bad.yaml");
    const good = await readFile(join(program.folder, "breakglass.yaml"), "utf8");
    const lines = good.replace("expires_after: 60m", "expires_after: 60x").replace("version: 1", "version: 2");
    await writeFile(file, lines);
    const { code, output } = await failed({ ...onServer(), BREAKGLASS_POLICY: file });
    expect(code).toBe(78);
    for (const key of ["version: 2", "expires_after: 60x"]) {
      const line = lines.split("\n").findIndex((content) => content.includes(key)) + 1;
      expect(output).toMatch(new RegExp(`bad\\.yaml:${line}:\\d+`));
    }
  });

  test("without a policy file exits with 78 and names the file and the variable", async () => {
    const { code, output } = await failed({ ...onServer(), BREAKGLASS_POLICY: "nowhere.yaml" });
    expect(code).toBe(78);
    expect(output).toContain("nowhere.yaml");
    expect(output).toContain("BREAKGLASS_POLICY");
    // The folder counts, since that of a service is often another one.
    expect(output).toMatch(/ \/\S*\/nowhere\.yaml: no such file/);
  });

  test("with a taken PORT names it and leaves no database running", async () => {
    const { server, port } = await takePort();
    const data = join(program.folder, "taken");
    const { code, output } = await failed({ ...slackEnv(), PORT: String(port), BREAKGLASS_DATA: data });
    server.close();
    expect(code).not.toBe(0);
    expect(output).toContain(String(port));
    expect(output).toContain("PORT");
    expect(output).not.toContain("    at ");
    if (onLinux) expect(await serversUnder(data)).toEqual([]);
  }, 60_000);

  test("with a taken PORT leaves no entry of a start or a stop in the trail", async () => {
    const { server, port } = await takePort();
    const before = await entriesOfBots();
    const { code } = await failed({ ...onServer(), PORT: String(port) });
    server.close();
    expect(code).toBe(78);
    expect(await entriesOfBots()).toBe(before);
  }, 60_000);

  test("with refused database credentials exits with 78 and names the variable, without the password", async () => {
    const wrong = new URL(database.appUrl);
    wrong.username = "nobody_of_that_name";
    wrong.password = "hunter2hunter2";
    const { code, output } = await failed({ ...onServer(), DATABASE_URL: wrong.href });
    expect(code).toBe(78);
    expect(output).toMatch(/ DATABASE_URL: /);
    expect(output).not.toContain("hunter2");
    expect(output).not.toContain("    at ");
  });

  test.each([
    ["a raw % in the password", "postgres://bot:hunter2%@127.0.0.1/x", /DATABASE_URL has a % in its password/],
    ["no database", "postgres://bot:hunter2@127.0.0.1", /DATABASE_URL names no database/],
    ["a word that is not supported", "postgres://bot:hunter2@127.0.0.1/x?schema=public", /DATABASE_URL has a "schema"/],
  ])("with %s in DATABASE_URL exits with 78 and says what to write", async (_, url, words) => {
    const { code, output } = await failed({ ...onServer(), DATABASE_URL: url });
    expect({ code, output }).toEqual({ code: 78, output: expect.stringMatching(words) });
    expect(output).not.toContain("hunter2");
    expect(output).not.toContain("    at ");
  });
});

describe("while Slack is unreachable", () => {
  test("the bot starts and stays up, reports that it is degraded, and works once Slack is back", async () => {
    await slack.faults.unreachable();
    const { bot, port } = await startedBot(onServer());
    const ready = await fetch(`http://127.0.0.1:${port}/readyz`);
    expect(ready.status).toBe(200);
    expect(await ready.json()).toMatchObject({ down: [], degraded: expect.arrayContaining(["slack"]) });
    await slack.faults.reachable();
    const { n } = await declared(slack);
    expect(n).toBeGreaterThan(0);
    expect(bot.errors()).toBe("");
  }, 60_000);
});

describe("a running bot", () => {
  test.each(["SIGTERM", "SIGINT"] as const)(
    "finishes the work in flight after %s and exits with 0",
    async (signal) => {
      const { bot } = await startedBot(onServer());
      const { message, n } = await declared(slack);
      const heldCommits = await holdCommits(database.adminUrl);
      const answer = slack.as(CAST.dana).click(message, "Approve");
      await heldCommits.untilBlocked();
      const signalledAt = performance.now();
      bot.signal(signal);
      await bot.logged("stopping");
      await heldCommits.release();
      expect(await answer).toMatchObject({ status: 200 });
      expect(await bot.ended).toEqual({ code: 0, signal: null });
      expect(performance.now() - signalledAt).toBeLessThan(10_000);
      const types = (await trail.entries()).map((entry) => entry.type);
      expect((await trail.entries(n)).map(({ type }) => type)).toContain("bypass.activated");
      expect(types.at(-1)).toBe("bot.stopped");
    },
    60_000,
  );

  test.skipIf(!onLinux).each([0, 1, 2, 3])(
    "leaves no database running after SIGTERM during its start (moment %i)",
    async (moment) => {
      const data = join(program.folder, `early-${moment}`);
      const bot = start({ ...slackEnv(), BREAKGLASS_DATA: data });
      await reached(bot, data, moment);
      bot.signal("SIGTERM");
      const { code, signal } = await bot.ended;
      // Before main.js has installed its handlers, the signal itself ends the process.
      expect(code === 0 || (moment === 0 && signal === "SIGTERM"), `${code} ${signal} ${bot.output()}`).toBe(true);
      expect(await serversUnder(data)).toEqual([]);
    },
    60_000,
  );
});

describe("the log of a full session", () => {
  test("contains no token, secret, reason, target or log line", async () => {
    const { bot } = await startedBot({ ...onServer(), LOG_LEVEL: "debug" });
    const typed = { reason: "zebra-crossing at the gateway", target: "service:quagga-api", line: "okapi restarted" };
    const denial = "the tapir is not convinced";
    const { answer } = await declare(slack, CAST.omar, { Reason: typed.reason, Target: typed.target });
    expect(answer.error).toBeUndefined();
    const { n, message } = await alertOf(slack, typed.target);
    await slack.as(CAST.priya).click(message, "Approve");
    await slack.as(CAST.dana).click(message, "Approve");
    await slack.until(() => replies(slack, message, /Approved by/).length > 0, "the approval");
    await slack.as(CAST.omar).command(`log BG-${n} ${typed.line}`, { channel: INCIDENTS });
    await slack.as(CAST.omar).command(`wombat BG-${n}`, { channel: INCIDENTS });
    const fault = slack.faults.set("chat.postMessage", { kind: "error", code: "fatal_error" }, { next: 2 });
    const second = await declared(slack, { Reason: typed.reason });
    await slack.as(CAST.noor).click(second.message, "Deny");
    await slack.until(() => slack.view(CAST.noor)?.submit !== undefined, "the form of Deny");
    await slack.as(CAST.noor).submit({ Reason: denial });
    const secret = await declare(slack, CAST.omar, { Reason: `the key is ${ACCESS_KEY}` });
    expect(secret.answer.errors).toBeDefined();
    fault();
    await slack.until(() => replies(slack, second.message, /Denied by/).length > 0, "the denial", 40_000);
    bot.signal("SIGTERM");
    expect((await bot.ended).code).toBe(0);
    const log = bot.output();
    expect(log).toMatch(/"policy":"\.\/breakglass\.yaml","policyHash":"[0-9a-f]{64}","event":"started"/);
    const forbidden = [...Object.values(typed), "zebra", "quagga", "okapi", "tapir", "wombat", "AKIA", "INC-219"];
    const secrets = [slack.botToken, slack.signingSecret, ...urlSecrets()];
    expect([...forbidden, ...secrets].filter((word) => log.includes(word))).toEqual([]);
  }, 90_000);
});

const urlSecrets = () =>
  [database.appUrl, database.adminUrl, database.jobsUrl]
    .map((url) => new URL(url).password)
    .filter((password) => password !== "");

function takePort(): Promise<{ port: number; server: Server }> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const address = server.address();
      resolve({ server, port: typeof address === "object" && address ? address.port : 0 });
    });
  });
}

/** Resolves at moment 0: at once; 1: the data folder exists; 2: its server runs; 3: the bot has written a log line. */
async function reached(bot: BotProcess, data: string, moment: number): Promise<void> {
  if (moment === 0) return;
  const isReached = async (): Promise<boolean> => {
    if (moment === 1)
      return readFile(join(data, "postgres", "data", "PG_VERSION")).then(
        () => true,
        () => false,
      );
    if (moment === 2) return (await serversUnder(data)).length > 0;
    return bot.output() !== "";
  };
  const outcome = { ended: false };
  void bot.ended.then(() => {
    outcome.ended = true;
  });
  while (!outcome.ended && !(await isReached())) await new Promise((resolve) => setImmediate(resolve));
}
