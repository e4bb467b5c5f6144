import { setTimeout as after } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CAST } from "../../demo/cast.js";
import { redisForTests } from "../support/redis.js";
import {
  type Borders,
  type Crossing,
  crossingsOf,
  KINDS,
  nameOf,
  QUEUED,
  SIDES,
  throughTheQueue,
  watchBorders,
} from "../support/reliability/borders.js";
import { judge } from "../support/reliability/judge.js";
import { type KillEnvironment, openKillEnvironment } from "../support/reliability/kill-environment.js";
import { createLives, type Lives } from "../support/reliability/life.js";
import { openRedisGate, type RedisGate } from "../support/reliability/redis-gate.js";
import { progress, report } from "../support/reliability/report.js";
import { dice, sizeOf } from "../support/reliability/seed.js";
import type { Trap } from "../support/reliability/traps.js";

/** 1: every border and side of every kind of effect. 0: one random side per kind. */
const ALL = sizeOf("ALL_BORDERS", 0) === 1;
const { below, next, seed } = dice("borders");

const chosen: readonly Crossing[] = KINDS.flatMap((kind) => {
  const all = crossingsOf(kind);
  return ALL ? all : all.slice(below(all.length)).slice(0, 1);
});
const atTheQueue: readonly Crossing[] = ALL
  ? QUEUED.flatMap((kind) => SIDES.map((side) => ({ kind, border: "queue" as const, side })))
  : SIDES.map((side) => ({ kind: QUEUED[below(QUEUED.length)] ?? "alert.post", border: "queue" as const, side }));
const redis = await redisForTests();

/** Lives one bypass from the form to the close, with an effect of every kind, and kills the bot once on the way. */
async function dieAt(environment: KillEnvironment, lives: Lives, trap: Trap): Promise<void> {
  const { bot, trail } = environment;
  const before = bot.deaths;
  const { sprung, lift } = await trap.set();
  const killed = sprung.then(async () => {
    const dead = bot.kill();
    await lift();
    await dead;
  });
  const bypass = await lives.declare();
  await lives.untilPaged(bypass, [CAST.dana, CAST.noor]);
  await lives.approve(bypass);
  await lives.log(bypass);
  await lives.redact(bypass);
  await lives.close(bypass);
  await lives.untilReply(bypass, /Closed by/);
  if ((await Promise.race([killed, after(20_000, "never", { ref: false })])) === "never") {
    await lift();
    throw new Error(`It never came to this: ${trap.name}`);
  }
  await bot.up();
  expect(bot.deaths, trap.name).toBe(before + 1);
  const types = (await trail.entries(bypass.n)).map(({ type }) => type);
  expect(types).toEqual(expect.arrayContaining(["bypass.logged", "text.redacted", "bypass.closed"]));
}

/** Waits for the queue, which connects after the port opens. */
async function queueIsUp({ bot }: KillEnvironment): Promise<void> {
  const end = performance.now() + 30_000;
  await bot.up();
  for (let words = "queue"; words.includes("queue"); ) {
    if (performance.now() > end) throw new Error(`The queue never came up: ${words}`);
    words = await (await fetch(`${bot.address}/readyz`)).text();
  }
}

async function endsWell(environment: KillEnvironment, lives: Lives, what: string): Promise<void> {
  const slowestMs = await environment.drained(60_000);
  const { lost, doubled, stuck, findings } = await judge(environment, lives.acknowledged);
  report("borders", {
    what,
    times: environment.bot.deaths,
    seed,
    lost: lost.length,
    doubled: doubled.length,
    stuck: stuck.length + findings.length,
    slowestMs,
    more: { acknowledged: lives.acknowledged.length },
  });
  expect({ lost, doubled, stuck, findings }).toEqual({ lost: [], doubled: [], stuck: [], findings: [] });
  expect(environment.slack.violations).toEqual([]);
  expect(await environment.bot.stop()).toBe(0);
}

describe("A bot that is killed (kill -9) on either side of a border", () => {
  let environment: KillEnvironment;
  let lives: Lives;
  let borders: Borders;

  beforeAll(async () => {
    environment = await openKillEnvironment();
    await queueIsUp(environment);
    borders = await watchBorders(environment, "postgres");
    lives = createLives(environment);
  });
  afterAll(async () => {
    await borders?.close();
    await environment?.close();
  });

  test.each(chosen.map((crossing, index) => [nameOf(crossing), index, crossing] as const))(
    "%s: the person can go on, and the bypass ends correctly",
    async (_name, index, crossing) => {
      await queueIsUp(environment);
      await dieAt(environment, lives, borders.trap(crossing, next() < 0.5));
      progress("borders", index + 1, chosen.length);
    },
    120_000,
  );

  test("loses, doubles and blocks nothing, and the trail verifies", async () => {
    await endsWell(environment, lives, "kill -9 of the bot on a side of a border, per kind of effect");
  }, 120_000);
});

describe.skipIf(redis === null)("A bot that is killed (kill -9) while it puts a job into Redis", () => {
  let environment: KillEnvironment;
  let lives: Lives;
  let gate: RedisGate;

  beforeAll(async () => {
    gate = await openRedisGate(redis?.url ?? "", () => environment.trail);
    environment = await openKillEnvironment({ redisUrl: gate.url });
    lives = createLives(environment);
  });
  afterAll(async () => {
    await environment?.close();
    await gate?.close();
    await redis?.stop();
  });

  test.each(atTheQueue.map((crossing, index) => [nameOf(crossing), index, crossing] as const))(
    "%s: the person can go on, and the bypass ends correctly",
    async (_name, index, { kind, side }) => {
      await queueIsUp(environment);
      await dieAt(environment, lives, throughTheQueue(environment, kind, gate.trap(kind, side)));
      progress("borders of Redis", index + 1, atTheQueue.length);
    },
    120_000,
  );

  test("loses, doubles and blocks nothing, and the trail verifies", async () => {
    await endsWell(environment, lives, "kill -9 of the bot while a job is put into Redis, per kind of effect");
  }, 120_000);
});
