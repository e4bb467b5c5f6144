import { setTimeout as after } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Crowd, startCrowd } from "../support/reliability/crowd.js";
import { pairsOf, SHORT_LIVES } from "../support/reliability/endings.js";
import { judge, latestEnd } from "../support/reliability/judge.js";
import { type KillGround, openKillGround } from "../support/reliability/kill-ground.js";
import { changes } from "../support/reliability/moments.js";
import { progress, report } from "../support/reliability/report.js";
import { dice, sizeOf } from "../support/reliability/seed.js";

const KILLS = sizeOf("LIFE_KILLS", 4);
/** How many bypasses live side by side, each with a requester and an approver of its own. */
const AT_A_TIME = sizeOf("LIVES_AT_A_TIME", 2);
/** A bot is killed after so many changes at most in Slack and in the database. */
const MOST_CHANGES = 150;
/** So often, and at the last death, what the dead had claimed is waited for as in earnest; half a minute each. */
const IN_EARNEST_EVERY = 10;
const PATIENCE_MS = 240_000;

const people = pairsOf(AT_A_TIME);
const thrown = dice("lives");
const { below, seed } = thrown;

let ground: KillGround;
let crowd: Crowd;
/** How far each life was when the bot was killed. */
const points: string[] = [];
let kills = 0;

beforeAll(async () => {
  ground = await openKillGround({
    policy: SHORT_LIVES,
    leasesRunOut: () => kills === KILLS || kills % IN_EARNEST_EVERY === 0,
    people: people.join,
  });
});
afterAll(() => ground?.close());

async function killOnAndOn(failed: () => boolean): Promise<void> {
  const { bot, trail, slack, watch } = ground;
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

describe(`${KILLS} kills at random moments, with ${AT_A_TIME} bypasses alive`, () => {
  let slowestMs = 0;

  test(
    "every life comes to its end",
    async () => {
      crowd = startCrowd(ground, people, thrown, PATIENCE_MS);
      await killOnAndOn(crowd.failed);
      await crowd.finish();
      expect(crowd.lived.length).toBeGreaterThanOrEqual(AT_A_TIME);
      const statuses = await ground.trail.sql<{ n: number; ending: string }[]>`
        SELECT n, status AS ending FROM breakglass.bypasses ORDER BY n`;
      expect([...statuses]).toEqual(crowd.lived);
    },
    120_000 + KILLS * 12_000,
  );

  test("all due work is done within a minute; nothing is lost, doubled or stuck, and the trail verifies", async () => {
    slowestMs = await ground.drained(60_000).catch(() => 60_000);
    const { lost, doubled, stuck, findings } = await judge(ground, crowd.acknowledged);
    const at = Object.fromEntries([...new Set(points)].map((type) => [type, points.filter((p) => p === type).length]));
    report("lives", {
      what: "kill -9 of the bot at a random moment of its bypasses' lives",
      times: ground.bot.deaths,
      seed,
      lost: lost.length,
      doubled: doubled.length,
      stuck: stuck.length + findings.length,
      slowestMs,
      more: {
        lives: crowd.lived.length,
        acknowledged: crowd.acknowledged.length,
        latestEndMs: Math.round(await latestEnd(ground)),
        killedAfter: JSON.stringify(at),
      },
    });
    expect({ lost, doubled, stuck, findings }).toEqual({ lost: [], doubled: [], stuck: [], findings: [] });
    expect(ground.slack.violations).toEqual([]);
  }, 120_000);

  test("leaves a bot that still stops as it should", async () => {
    expect(await ground.bot.stop()).toBe(0);
  });
});
