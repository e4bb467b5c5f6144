import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, beforeAll, test } from "vitest";
import { INCIDENTS } from "../../demo/cast.js";
import { createSlackDouble, type SlackDouble } from "../../demo/slack/index.js";
import { createTestDatabase, type TestDatabase } from "../support/postgres.js";
import { type BotProcess, installProgram, type Program } from "../support/reliability/program.js";
import { PEOPLE, peopleTheBench, personOf } from "./support/bots.js";
import { progress, report } from "./support/figures.js";
import { median } from "./support/rounds.js";
import { rounds, sizeOf } from "./support/sizes.js";

const PART = "start";
const COMMANDS = sizeOf("MEMORY_COMMANDS", 10_000);
const AT_A_TIME = 16;

let slack: SlackDouble;
let program: Program;
let database: TestDatabase;

beforeAll(async () => {
  [slack, program, database] = await Promise.all([createSlackDouble(), installProgram(), createTestDatabase()]);
  peopleTheBench(slack);
});

afterAll(async () => {
  await program?.dispose();
  await slack?.stop();
  await database?.drop();
});

const base = (): Record<string, string> => ({
  SLACK_BOT_TOKEN: slack.botToken,
  SLACK_SIGNING_SECRET: slack.signingSecret,
  SLACK_API_URL: slack.apiUrl,
  SLACK_PACE: "none",
  BREAKGLASS_POLICY: join(program.folder, "breakglass.yaml"),
  BREAKGLASS_DATA: join(program.folder, "data"),
});

const withServer = (): Record<string, string> => ({
  ...base(),
  DATABASE_URL: database.appUrl,
  DATABASE_ADMIN_URL: database.adminUrl,
  DATABASE_JOBS_URL: database.jobsUrl,
});

/** Starts a bot and measures the seconds until `/readyz` answers 200. */
async function startToReady(env: Readonly<Record<string, string>>): Promise<{ seconds: number; bot: BotProcess }> {
  const began = performance.now();
  const bot = program.start(env);
  const port = await bot.started;
  while ((await fetch(`http://127.0.0.1:${port}/readyz`)).status !== 200) await wait(10);
  return { seconds: (performance.now() - began) / 1000, bot };
}

async function stop(bot: BotProcess): Promise<void> {
  bot.signal("SIGTERM");
  await bot.ended;
}

test("cold start to ready", async () => {
  const times: Record<"first" | "embedded" | "server", number[]> = { first: [], embedded: [], server: [] };
  const once = async (kind: keyof typeof times, env: Readonly<Record<string, string>>): Promise<void> => {
    const { seconds, bot } = await startToReady(env);
    await stop(bot);
    times[kind].push(seconds);
    progress(PART, `${kind}: ${seconds.toFixed(2)} s`);
  };
  for (let round = 0; round < rounds(3); round += 1) {
    await rm(join(program.folder, "data"), { recursive: true, force: true });
    await once("first", base());
    await once("embedded", base());
    await once("server", withServer());
  }
  const node = await bareNode();
  for (const [kind, what] of [
    ["server", "cold start → /readyz 200, a server given"],
    ["embedded", "cold start → /readyz 200, embedded data there"],
    ["first", "cold start → /readyz 200, the first start ever"],
  ] as const) {
    const all = times[kind];
    await report({
      part: PART,
      what,
      target: "-",
      measured: `${median(all).toFixed(2)} s; loading the program alone ${node.toFixed(2)} s`,
      noise: `${(Math.max(...all) / Math.min(...all)).toFixed(2)} × apart`,
      verdict: "noted",
      bound: {
        server: "the loading of the packages, then the check of the migrations",
        embedded: "the loading of the packages and PostgreSQL's own start",
        first: "initdb, and the migrations",
      }[kind],
    });
  }
});

/** The seconds to load all modules and exit: the floor of every start. */
async function bareNode(): Promise<number> {
  const all: number[] = [];
  for (let round = 0; round < 3; round += 1) {
    const began = performance.now();
    const standby = program.standby({});
    // Without input it exits as soon as everything is loaded.
    standby.end();
    await standby.ended;
    all.push((performance.now() - began) / 1000);
  }
  return median(all);
}

/** Resident memory in MiB; Linux only. */
async function memoryOf(bot: BotProcess): Promise<number> {
  const status = await readFile(`/proc/${bot.pid}/status`, "utf8");
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) / 1024;
}

test.skipIf(process.platform !== "linux")(`memory, idle and after ${COMMANDS} commands`, async () => {
  const { bot } = await startToReady(withServer());
  slack.connect({ eventsUrl: `http://127.0.0.1:${await bot.started}/slack/events` });
  await wait(2_000);
  const idle = await memoryOf(bot);
  const half: number[] = [];
  let failed = 0;
  let sent = 0;
  const type = async (): Promise<void> => {
    while (sent < COMMANDS) {
      const index = sent++;
      // Half of them open the form, the others ask for the status.
      const answer = await slack.as(personOf(index)).command(index % 2 === 0 ? "" : "status", { channel: INCIDENTS });
      if (answer.error !== undefined) failed += 1;
      if (index % 500 === 499) slack.record.clear();
      if (index === COMMANDS / 2) half.push(await memoryOf(bot));
      if (index % 2000 === 1999) progress(PART, `${index + 1} commands: ${(await memoryOf(bot)).toFixed(0)} MiB`);
    }
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, type));
  const after = await memoryOf(bot);
  for (const user of PEOPLE) while (slack.view(user) !== undefined) await slack.as(user).cancel();
  await stop(bot);
  await report({
    part: PART,
    what: `resident memory, idle and after ${COMMANDS} commands`,
    target: "-",
    measured: `${idle.toFixed(0)} MiB idle, ${(half[0] ?? Number.NaN).toFixed(0)} after half, ${after.toFixed(0)} after all; ${failed} commands failed`,
    noise: null,
    verdict: "noted",
    bound: "the code of the packages and V8's heap, which grows before it is collected",
  });
});
