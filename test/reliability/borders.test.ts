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
import { type KillGround, openKillGround } from "../support/reliability/kill-ground.js";
import { createLives, type Lives } from "../support/reliability/life.js";
import { openRedisGate, type RedisGate } from "../support/reliability/redis-gate.js";
import { progress, report } from "../support/reliability/report.js";
import { dice, sizeOf } from "../support/reliability/seed.js";
import type { Trap } from "../support/reliability/traps.js";

/** 1: every border and side of every kind of effect. 0: one of them per kind, by the dice. */
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

/** One bypass from the form to the close, so that it has an effect of every kind; killed once on its way. */
async function dieAt(ground: KillGround, lives: Lives, trap: Trap): Promise<void> {
  const { bot, trail } = ground;
  const before = bot.deaths;
  const { sprung, lift } = await trap.set();
  const killed = sprung.then(async () => {
    const dead = bot.kill();
    await lift();
    await dead;
  });
  const bypass = await lives.declare();
  await lives.asked(bypass, [CAST.dana, CAST.noor]);
  await lives.approve(bypass);
  await lives.log(bypass);
  await lives.redact(bypass);
  await lives.close(bypass);
  await lives.told(bypass, /Closed by/);
  if ((await Promise.race([killed, after(20_000, "never", { ref: false })])) === "never") {
    await lift();
    throw new Error(`It never came to this: ${trap.name}`);
  }
  await bot.up();
  expect(bot.deaths, trap.name).toBe(before + 1);
  const types = (await trail.entries(bypass.n)).map(({ type }) => type);
  expect(types).toEqual(expect.arrayContaining(["bypass.logged", "text.redacted", "bypass.closed"]));
}

/** The queue comes up after the port; before that there is nothing to be put into it. */
async function queueIsUp({ bot }: KillGround): Promise<void> {
  const end = performance.now() + 30_000;
  await bot.up();
  for (let words = "queue"; words.includes("queue"); ) {
    if (performance.now() > end) throw new Error(`The queue never came up: ${words}`);
    words = await (await fetch(`${bot.address}/readyz`)).text();
  }
}

async function endsWell(ground: KillGround, lives: Lives, what: string): Promise<void> {
  const slowestMs = await ground.drained(60_000);
  const { lost, doubled, stuck, findings } = await judge(ground, lives.acknowledged);
  report("borders", {
    what,
    times: ground.bot.deaths,
    seed,
    lost: lost.length,
    doubled: doubled.length,
    stuck: stuck.length + findings.length,
    slowestMs,
    more: { acknowledged: lives.acknowledged.length },
  });
  expect({ lost, doubled, stuck, findings }).toEqual({ lost: [], doubled: [], stuck: [], findings: [] });
  expect(ground.slack.violations).toEqual([]);
  expect(await ground.bot.stop()).toBe(0);
}

describe("kill -9 of the bot on either side of a border", () => {
  let ground: KillGround;
  let lives: Lives;
  let borders: Borders;

  beforeAll(async () => {
    ground = await openKillGround();
    await queueIsUp(ground);
    borders = await watchBorders(ground, "postgres");
    lives = createLives(ground);
  });
  afterAll(async () => {
    await borders?.close();
    await ground?.close();
  });

  test.each(chosen.map((crossing, index) => [nameOf(crossing), index, crossing] as const))(
    "%s: the person goes on, and the bypass ends as it should",
    async (_name, index, crossing) => {
      await queueIsUp(ground);
      await dieAt(ground, lives, borders.trap(crossing, next() < 0.5));
      progress("borders", index + 1, chosen.length);
    },
    120_000,
  );

  test("nothing is lost, doubled or stuck, and the trail verifies", async () => {
    await endsWell(ground, lives, "kill -9 of the bot on a side of a border, per kind of effect");
  }, 120_000);
});

describe.skipIf(redis === null)("kill -9 of the bot while a job is put into Redis", () => {
  let ground: KillGround;
  let lives: Lives;
  let gate: RedisGate;

  beforeAll(async () => {
    gate = await openRedisGate(redis?.url ?? "", () => ground.trail);
    ground = await openKillGround({ redisUrl: gate.url });
    lives = createLives(ground);
  });
  afterAll(async () => {
    await ground?.close();
    await gate?.close();
    await redis?.stop();
  });

  test.each(atTheQueue.map((crossing, index) => [nameOf(crossing), index, crossing] as const))(
    "%s: the person goes on, and the bypass ends as it should",
    async (_name, index, { kind, side }) => {
      await queueIsUp(ground);
      await dieAt(ground, lives, throughTheQueue(ground, kind, gate.trap(kind, side)));
      progress("borders of Redis", index + 1, atTheQueue.length);
    },
    120_000,
  );

  test("nothing is lost, doubled or stuck, and the trail verifies", async () => {
    await endsWell(ground, lives, "kill -9 of the bot while a job is put into Redis, per kind of effect");
  }, 120_000);
});
