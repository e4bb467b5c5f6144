import { setTimeout as after } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Bot, type Bots, notOnce, openBots, untilDelivered } from "../support/reliability/deaths.js";
import { judge } from "../support/reliability/judge.js";
import { isLongForm, progress, report } from "../support/reliability/report.js";
import { dice, median, sizeOf } from "../support/reliability/seed.js";

/** How often each suite kills a bot. */
const DEATHS = sizeOf("DEATHS", 2);
const { below, seed } = dice("death");
/** The most milliseconds between the acknowledgement and the kill. Half of the kills come at once. */
const LATEST_MS = 60;
/** On a busy machine, everything takes longer than promised. */
const SLOWER = isLongForm() ? 1 : 4;

const PROMISED_MS = { "by its restart": 3_000, "by another instance": 5_000 } as const;

/** Kills the bot right after it has acknowledged a declaration. */
async function acknowledgeAndDie(bots: Bots, bot: Bot) {
  const { target, alerted } = await bots.acknowledged();
  if (below(2) === 0) await after(below(LATEST_MS));
  const diedAt = performance.now();
  bot.process.signal("SIGKILL");
  await bot.process.ended;
  return { target, alerted, diedAt };
}

async function conclude(bots: Bots, what: keyof typeof PROMISED_MS, how: string, targets: string[], waits: number[]) {
  if (bots.trail !== null) await untilDelivered(bots);
  const twice = notOnce(bots.slack, targets);
  const { lost, doubled, stuck, findings } =
    bots.trail === null
      ? { lost: [], doubled: [], stuck: [], findings: [] }
      : await judge({ slack: bots.slack, trail: bots.trail }, []);
  report("death", {
    what: `kill -9 right after an acknowledgement, alert ${what} (${how})`,
    times: targets.length,
    seed,
    lost: lost.length,
    doubled: doubled.length + twice.length,
    stuck: stuck.length + findings.length + waits.filter((ms) => isLongForm() && ms > PROMISED_MS[what]).length,
    slowestMs: Math.max(...waits),
    more: { medianMs: Math.round(median(waits)), alreadyPosted: waits.filter((ms) => ms === 0).length },
  });
  expect({ twice, lost, doubled, stuck, findings }).toEqual({
    twice: [],
    lost: [],
    doubled: [],
    stuck: [],
    findings: [],
  });
  expect(Math.max(...waits)).toBeLessThanOrEqual(PROMISED_MS[what] * SLOWER);
}

describe.each(["server", "embedded"] as const)(
  "One bot (database: %s) that is killed and restarted at once",
  (database) => {
    let bots: Bots;
    let bot: Bot;
    beforeAll(async () => {
      bots = await openBots({ database });
      bot = await bots.start();
      bots.direct(bot);
    });
    afterAll(() => bots?.close());

    test(
      `posts what it had acknowledged within 3 s of its readiness, ${DEATHS} times, and nothing twice`,
      async () => {
        const targets: string[] = [];
        const waits: number[] = [];
        while (targets.length < DEATHS) {
          const { target, alerted } = await acknowledgeAndDie(bots, bot);
          bot = await bots.start();
          const readyAt = performance.now();
          bots.direct(bot);
          waits.push(Math.max(0, (await alerted) - readyAt));
          targets.push(target);
          progress(`deaths (${database})`, targets.length, DEATHS);
        }
        await conclude(bots, "by its restart", database, targets, waits);
      },
      120_000 + DEATHS * 10_000,
    );
  },
);

describe("Two bots of which one is killed", () => {
  let bots: Bots;
  beforeAll(async () => {
    bots = await openBots();
  });
  afterAll(() => bots?.close());

  test(
    `have the other one post what was acknowledged within 5 s, ${DEATHS} times, and nothing twice`,
    async () => {
      const targets: string[] = [];
      const waits: number[] = [];
      let [first, second] = [await bots.start(), await bots.start()];
      while (targets.length < DEATHS) {
        bots.direct(first);
        const { target, alerted, diedAt } = await acknowledgeAndDie(bots, first);
        waits.push(Math.max(0, (await alerted) - diedAt));
        targets.push(target);
        [first, second] = [second, await bots.start()];
        progress("deaths (of two)", targets.length, DEATHS);
      }
      await conclude(bots, "by another instance", "server", targets, waits);
      expect(second.port).toBeGreaterThan(0);
    },
    120_000 + DEATHS * 15_000,
  );
});
