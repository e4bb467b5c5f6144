import { setTimeout as after } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openPagerDutyDouble, type PagerDutyDouble, ROUTING_KEY } from "../support/pagers/pagerduty-double.js";
import { judge } from "../support/reliability/judge.js";
import { type KillGround, openKillGround } from "../support/reliability/kill-ground.js";
import { createLives, type Lives } from "../support/reliability/life.js";
import { afterCommit, beforeCommit, type Trap } from "../support/reliability/traps.js";

let pagerduty: PagerDutyDouble;
let ground: KillGround;
let lives: Lives;
beforeAll(async () => {
  pagerduty = await openPagerDutyDouble();
  ground = await openKillGround({
    env: { PAGERDUTY_ROUTING_KEY: ROUTING_KEY, PAGERDUTY_EVENTS_URL: pagerduty.base },
  });
  lives = createLives(ground);
});
afterAll(async () => {
  await ground?.close();
  await pagerduty?.stop();
});

/** PagerDuty has taken it, and nothing of that is on record; or it is, and nobody has finished the effect. */
const traps: readonly (readonly [string, () => Trap])[] = [
  ["between PagerDuty's yes and its entry", () => beforeCommit(ground.watch, "pager.notified")],
  ["between that entry and the end of the effect", () => afterCommit(ground.watch, "pager.notified")],
];

const events = (key: string) =>
  pagerduty.received.flatMap(({ json }) =>
    typeof json === "object" && json !== null && "dedup_key" in json && json.dedup_key === key && "event_action" in json
      ? [json.event_action]
      : [],
  );

describe("kill -9 of the bot", () => {
  test.each(traps)(
    "%s notifications the same incident, and puts it on record once",
    async (_, make) => {
      const { bot, trail } = ground;
      const trap = make();
      const before = bot.deaths;
      const { sprung, lift } = await trap.set();
      const killed = sprung.then(async () => {
        const dead = bot.kill();
        await lift();
        await dead;
      });
      const bypass = await lives.declare();
      if ((await Promise.race([killed, after(40_000, "never", { ref: false })])) === "never") {
        await lift();
        throw new Error(`It never came to this: ${trap.name}`);
      }
      await bot.up();
      expect(bot.deaths, trap.name).toBe(before + 1);
      await ground.drained(60_000);
      const mine = pagerduty.incidents.filter(({ key }) => key.endsWith(`-BG-${bypass.n}`));
      expect(mine).toMatchObject([{ status: "triggered" }]);
      const step = async () => (await trail.entries(bypass.n)).filter(({ type }) => type === "pager.notified");
      expect(await step()).toHaveLength(1);
      await lives.approve(bypass);
      await ground.drained(60_000);
      await lives.close(bypass);
      await ground.drained(60_000);
      expect(pagerduty.incidents.find(({ key }) => key === mine[0]?.key)?.status).toBe("resolved");
      expect(await step()).toHaveLength(3);
      // However often it was step, the order held.
      expect([...new Set(events(mine[0]?.key ?? ""))]).toEqual(["trigger", "acknowledge", "resolve"]);
    },
    180_000,
  );

  test("loses nothing and doubles nothing in Slack, and PagerDuty refused nothing", async () => {
    const { lost, doubled, stuck, findings } = await judge(ground, lives.acknowledged);
    expect({ lost, doubled, stuck, findings }).toEqual({ lost: [], doubled: [], stuck: [], findings: [] });
    expect(pagerduty.refused).toEqual([]);
    expect(ground.bot.output()).not.toContain(ROUTING_KEY);
    // Both were step again after the first death: nobody knew that it had been taken.
    expect(events(pagerduty.incidents[0]?.key ?? "").filter((action) => action === "trigger")).toHaveLength(2);
  });
});
