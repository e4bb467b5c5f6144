import { setTimeout as after } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Crowd, startCrowd } from "../support/reliability/crowd.js";
import { pairsOf, SHORT_LIVES } from "../support/reliability/endings.js";
import { judge, latestEnd } from "../support/reliability/judge.js";
import { type KillEnvironment, openKillEnvironment } from "../support/reliability/kill-environment.js";
import { changes } from "../support/reliability/moments.js";
import { progress, report } from "../support/reliability/report.js";
import { dice, sizeOf } from "../support/reliability/seed.js";

const KILLS = sizeOf("LIFE_KILLS", 4);
/** Number of concurrent bypasses, each with a requester and an approver of its own. */
const AT_A_TIME = sizeOf("LIVES_AT_A_TIME", 2);
/** The most changes in Slack and in the database between two kills. */
const MOST_CHANGES = 150;
const PATIENCE_MS = 240_000;

const people = pairsOf(AT_A_TIME);
const random = dice("lives");
const { below, seed } = random;

let environment: KillEnvironment;
let crowd: Crowd;
/** The state of each life when the bot was killed. */
const points: string[] = [];
let kills = 0;

beforeAll(async () => {
  environment = await openKillEnvironment({
    policy: SHORT_LIVES,
    people: people.join,
  });
});
afterAll(() => environment?.close());

async function killOnAndOn(failed: () => boolean): Promise<void> {
  const { bot, trail, slack, watch } = environment;
  const sources = [(changed: () => void) => slack.record.onChange(changed), watch.onEntry, watch.onOutbox];
  while (kills < KILLS && !failed()) {
    await bot.up();
    await changes(below(MOST_CHANGES), sources);
    await after(below(20));
    kills += 1;
    await bot.kill();
    const open = await trail.sql<{ type: string }[]>`
      SELECT DISTINCT ON (stream) body::jsonb ->> 'type' AS type FROM breakglass.trail t
      JOIN breakglass.bypasses b ON t.stream = 'BG-' || b.n AND b.status IN ('requested', 'active')
      ORDER BY stream, seq DESC`;
    points.push(...open.map(({ type }) => type));
    progress("kills", kills, KILLS);
  }
}

describe(`A bot with ${AT_A_TIME} concurrent bypasses that is killed ${KILLS} times at random moments`, () => {
  let slowestMs = 0;

  test(
    "ends every bypass as planned",
    async () => {
      crowd = startCrowd(environment, people, random, PATIENCE_MS);
      await killOnAndOn(crowd.failed);
      await crowd.finish();
      expect(crowd.lived.length).toBeGreaterThanOrEqual(AT_A_TIME);
      const statuses = await environment.trail.sql<{ n: number; ending: string }[]>`
        SELECT n, status AS ending FROM breakglass.bypasses ORDER BY n`;
      expect([...statuses]).toEqual(crowd.lived);
    },
    120_000 + KILLS * 12_000,
  );

  test("does all due work within a minute, loses, doubles and blocks nothing, and the trail verifies", async () => {
    slowestMs = await environment.drained(60_000).catch(() => 60_000);
    const { lost, doubled, stuck, findings } = await judge(environment, crowd.acknowledged);
    const at = Object.fromEntries([...new Set(points)].map((type) => [type, points.filter((p) => p === type).length]));
    report("lives", {
      what: "kill -9 of the bot at a random moment of its bypasses' lives",
      times: environment.bot.deaths,
      seed,
      lost: lost.length,
      doubled: doubled.length,
      stuck: stuck.length + findings.length,
      slowestMs,
      more: {
        lives: crowd.lived.length,
        acknowledged: crowd.acknowledged.length,
        latestEndMs: Math.round(await latestEnd(environment)),
        killedAfter: JSON.stringify(at),
      },
    });
    expect({ lost, doubled, stuck, findings }).toEqual({ lost: [], doubled: [], stuck: [], findings: [] });
    expect(environment.slack.violations).toEqual([]);
  }, 120_000);

  test("still stops cleanly at the end", async () => {
    expect(await environment.bot.stop()).toBe(0);
  });
});
