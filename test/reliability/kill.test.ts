import { setTimeout as after } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CAST, INCIDENTS } from "../../demo/cast.js";
import { judge } from "../support/reliability/judge.js";
import { type KillEnvironment, openKillEnvironment } from "../support/reliability/kill-environment.js";
import { type Bypass, createLives, isAbout, type Lives } from "../support/reliability/life.js";
import { alertsOf, replies } from "../support/reliability/people.js";
import { progress, report } from "../support/reliability/report.js";
import { dice, sizeOf } from "../support/reliability/seed.js";
import { afterCall, afterCommit, beforeCall, beforeCommit, type Trap } from "../support/reliability/traps.js";

/** Number of kills at random moments, in addition to the chosen ones. */
const RANDOM = sizeOf("RANDOM_KILLS", 3);
const { below, seed } = dice("kill");

let environment: KillEnvironment;
let lives: Lives;
const ended: Bypass[] = [];

beforeAll(async () => {
  environment = await openKillEnvironment();
  lives = createLives(environment);
});

afterAll(() => environment?.close());

/** Traps from the form to the close of a bypass. */
const traps: readonly (() => Trap)[] = [
  () => afterCall(environment.slack, "views.open", /Break Glass/),
  () => beforeCommit(environment.watch, "bypass.declared"),
  () => afterCommit(environment.watch, "bypass.declared"),
  () => beforeCall(environment.slack, "chat.postMessage"),
  () => afterCall(environment.slack, "chat.postMessage", new RegExp(`"channel":"${INCIDENTS}"`)),
  () => afterCommit(environment.watch, "alert.posted"),
  () => afterCommit(environment.watch, "page.addressed"),
  () => afterCall(environment.slack, "chat.postMessage", /"channel":"D/),
  () => beforeCommit(environment.watch, "ack.given"),
  () => afterCommit(environment.watch, "bypass.activated"),
  () => beforeCall(environment.slack, "chat.update"),
  () => afterCall(environment.slack, "chat.update", /active/),
  () => afterCall(environment.slack, "chat.postMessage", /Approved by/),
  () => afterCommit(environment.watch, "bypass.logged"),
  () => beforeCommit(environment.watch, "bypass.closed"),
  () => afterCommit(environment.watch, "bypass.closed"),
  () => afterCall(environment.slack, "chat.postMessage", /Closed by/),
  ...Array.from({ length: RANDOM }, () => () => atRandom(below(1_500))),
];

function atRandom(ms: number): Trap {
  return {
    name: `${ms} ms after the first word`,
    set: async () => {
      const stop = new AbortController();
      const sprung = after(ms, undefined, { signal: stop.signal }).catch(() => {});
      return { sprung, lift: async () => stop.abort() };
    },
  };
}

describe("A bot that is killed (kill -9) again and again", () => {
  test.each(traps.map((trap, index) => [index + 1, trap] as const))(
    "at point %i of a bypass's life: the person can go on, and the bypass ends correctly",
    async (point, make) => {
      const { bot, trail } = environment;
      const trap = make();
      const before = bot.deaths;
      const { sprung, lift } = await trap.set();
      const killed = sprung.then(async () => {
        const dead = bot.kill();
        await lift();
        await dead;
      });
      const life = await live();
      if ((await Promise.race([killed, after(40_000, "never", { ref: false })])) === "never") {
        await lift();
        throw new Error(`It never came to this: ${trap.name}`);
      }
      await bot.up();
      ended.push(life);
      expect(bot.deaths, trap.name).toBe(before + 1);
      const types = (await trail.entries(life.n)).map((entry) => entry.type);
      expect(types.filter((type) => type === "bypass.logged")).toHaveLength(1);
      expect(types).toContain("bypass.closed");
      progress("points", point, traps.length);
    },
    180_000,
  );

  test("loses nothing that was acknowledged, and posts each alert and each settlement once", async () => {
    const { slack, bot } = environment;
    const { acknowledged } = lives;
    const slowestMs = await environment.drained(60_000);
    const { lost, doubled, stuck, findings } = await judge(environment, acknowledged);
    report("kill", {
      what: "kill -9 of the bot at a point of a bypass's life",
      times: bot.deaths,
      seed,
      lost: lost.length,
      doubled: doubled.length,
      stuck: stuck.length + findings.length,
      slowestMs,
      more: { acknowledged: acknowledged.length },
    });
    expect({ lost, doubled, stuck, findings }).toEqual({ lost: [], doubled: [], stuck: [], findings: [] });
    expect(acknowledged.length).toBeGreaterThan(ended.length * 2);
    expect(ended.map(({ n }) => n)).toEqual(ended.map((_, index) => index + 1));
    for (const { n, target, alert } of ended) {
      const count = (words: RegExp) => replies(slack, alert, words).length;
      expect({
        n,
        alerts: alertsOf(slack, target).length,
        approved: count(/Approved by/),
        closed: count(/Closed by/),
        logged: count(/log by/),
      }).toEqual({ n, alerts: 1, approved: 1, closed: 1, logged: 1 });
    }
  }, 120_000);

  test("sends each approver one direct message", () => {
    const { slack } = environment;
    for (const { n } of ended) {
      const pages = [CAST.dana, CAST.noor].map((user) => slack.inbox(user).filter((one) => isAbout(one, n)).length);
      expect(pages, `BG-${n}`).toEqual([1, 1]);
    }
  });

  test("still stops cleanly at the end", async () => {
    const { bot } = environment;
    expect(await bot.stop()).toBe(0);
    // On a busy machine a sweep may miss its deadline; the next sweep makes up for it.
    const errors = bot
      .output()
      .split("\n")
      .filter((line) => line.includes('"level":"error"'));
    expect(errors.filter((line) => !line.includes('"event":"sweep.failed"'))).toEqual([]);
  });
});

/** Lives one bypass from the form to the close. */
async function live(): Promise<Bypass> {
  const bypass = await lives.declare();
  await lives.untilPaged(bypass, [CAST.dana, CAST.noor]);
  await lives.approve(bypass);
  await lives.log(bypass);
  await lives.close(bypass);
  return bypass;
}
