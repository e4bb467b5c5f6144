import { afterAll, beforeAll, describe, test } from "vitest";
import { createSlackDouble, type SlackDouble } from "../../demo/slack/index.js";
import { redisForTests, type TestRedis } from "../support/redis.js";
import { installProgram, type Program } from "../support/reliability/program.js";
import { peopleTheBench, type Running, startBare, startBot, stopAll } from "./support/bots.js";
import { costsOf, spent } from "./support/costs.js";
import { progress, report } from "./support/figures.js";
import { type Arm, alternate, ms, percentile, pooled, type Turn, times, turnOf } from "./support/rounds.js";
import { rounds, sizeOf } from "./support/sizes.js";
import { createSubmitter, type Submitter } from "./support/submissions.js";

const PART = "alerts";
const SINGLE = sizeOf("ALERTS", 15);
const AT_ONCE = 20;
const CLICK_ROUNDS = 2;

let slack: SlackDouble;
let program: Program;
let redis: TestRedis | null;
const started: Running[] = [];
type Measured = Submitter & { readonly running: Running };
let bare: Measured;
let onPostgres: Measured;
let onRedis: Measured | null = null;

async function submitterTo(start: Promise<Running>, form: "bare" | "breakglass"): Promise<Measured> {
  const running = await start;
  started.push(running);
  return { ...(await createSubmitter(slack, running.url, form)), running };
}

beforeAll(async () => {
  // Without Slack's rate limits: one post per second and channel would dominate the figures.
  [slack, program, redis] = await Promise.all([createSlackDouble(), installProgram(), redisForTests()]);
  peopleTheBench(slack);
  bare = await submitterTo(startBare(program, slack), "bare");
  onPostgres = await submitterTo(startBot(program, slack), "breakglass");
  if (redis === null) progress(PART, "there is no redis-server on the PATH; the queue on Redis is left out");
  else onRedis = await submitterTo(startBot(program, slack, { REDIS_URL: redis.url }), "breakglass");
});

afterAll(async () => {
  await stopAll(started);
  await program?.dispose();
  await slack?.stop();
  await redis?.stop();
});

const all = new Map<string, number[]>();
/** The costs of the last turn, by arm. */
const costs = new Map<string, string>();

/** Submits `concurrentClicks` forms at once, `clickRounds` times, each time after Slack has been quiet. */
const submitted =
  (name: string, submitter: Measured, concurrentClicks: number, clickRounds: number) => async (): Promise<Turn> => {
    const latencies: number[] = [];
    const before = await costsOf(submitter.running);
    for (let index = 0; index < clickRounds; index += 1) {
      latencies.push(...(await Promise.all(Array.from({ length: concurrentClicks }, () => submitter.submit()))));
      await slack.settled(40);
      slack.record.clear();
    }
    costs.set(name, spent(before, await costsOf(submitter.running), concurrentClicks * clickRounds));
    // The first turn warms up and does not count.
    const warm = all.get(name);
    all.set(name, warm === undefined ? [] : [...warm, ...latencies]);
    return turnOf(latencies, latencies.reduce((sum, one) => sum + one, 0) / 1000);
  };

describe("From the submission to the accepted alert", () => {
  test("one at a time", async () => {
    const arms = await take("single", 1, SINGLE);
    const floor = pooled(arms.bare, arms["bare again"]);
    const line = async (queue: string, arm: Arm, name: string) => {
      const ratio = arm.p50 / floor.p50;
      await report({
        part: PART,
        what: `submission → alert accepted, one at a time, queue on ${queue}`,
        target: "≤ 2 × a bare app with one INSERT and one post, at p50",
        measured: `p50 ${ms(arm.p50)} (${times(ratio)} of ${ms(floor.p50)}), p99 ${ms(arm.p99)} (floor ${ms(floor.p99)})`,
        noise: noiseOf(arms),
        verdict: ratio <= 2 ? "held" : "missed",
        bound: boundOf(name, "single bare"),
      });
    };
    await line("PostgreSQL", arms.postgres, "single postgres");
    if (arms.redis !== null) await line("Redis", arms.redis, "single redis");
  });

  test("20 at once", async () => {
    const arms = await take("burst", AT_ONCE, CLICK_ROUNDS);
    const floor = pooled(arms.bare, arms["bare again"]);
    const line = async (queue: string, arm: Arm, name: string) => {
      const p99 = percentile(all.get(name) ?? [], 0.99);
      await report({
        part: PART,
        what: `submission → alert accepted, ${AT_ONCE} at once, queue on ${queue}`,
        target: "p99 < 1 s",
        measured: `p50 ${ms(arm.p50)}, p99 over all rounds ${ms(p99)} (floor p50 ${ms(floor.p50)}, p99 ${ms(floor.p99)})`,
        noise: noiseOf(arms),
        verdict: p99 < 1000 ? "held" : "missed",
        bound: boundOf(name, "burst bare"),
      });
    };
    await line("PostgreSQL", arms.postgres, "burst postgres");
    if (arms.redis !== null) await line("Redis", arms.redis, "burst redis");
  });
});

const boundOf = (name: string, floor: string): string =>
  `each costs the bot ${costs.get(name)}, with its pages and direct messages; the bare app ${costs.get(floor)}`;

const take = (what: string, concurrentClicks: number, clickRounds: number) =>
  alternate(`${PART} ${what}`, rounds(5), {
    bare: submitted(`${what} bare`, bare, concurrentClicks, clickRounds),
    postgres: submitted(`${what} postgres`, onPostgres, concurrentClicks, clickRounds),
    redis: onRedis === null ? null : submitted(`${what} redis`, onRedis, concurrentClicks, clickRounds),
    "bare again": submitted(`${what} bare`, bare, concurrentClicks, clickRounds),
  });

const noiseOf = (arms: { readonly bare: Arm; readonly "bare again": Arm }): string =>
  `p50 ${times(arms["bare again"].p50 / arms.bare.p50)}, p99 ${times(arms["bare again"].p99 / arms.bare.p99)}`;
