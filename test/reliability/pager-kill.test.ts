import { setTimeout as after } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openPagerDutyDouble, type PagerDutyDouble, ROUTING_KEY } from "../support/pagers/pagerduty-double.js";
import { judge } from "../support/reliability/judge.js";
import { type KillEnvironment, openKillEnvironment } from "../support/reliability/kill-environment.js";
import { createLives, type Lives } from "../support/reliability/life.js";
import { afterCommit, beforeCommit, type Trap } from "../support/reliability/traps.js";

let pagerduty: PagerDutyDouble;
let environment: KillEnvironment;
let lives: Lives;
beforeAll(async () => {
  pagerduty = await openPagerDutyDouble();
  environment = await openKillEnvironment({
    env: { PAGERDUTY_ROUTING_KEY: ROUTING_KEY, PAGERDUTY_EVENTS_URL: pagerduty.base },
  });
  lives = createLives(environment);
});
afterAll(async () => {
  await environment?.close();
  await pagerduty?.stop();
});

/**
 * Either PagerDuty has accepted the event and nothing is on record, or the entry is on record and the effect is
 * unfinished.
 */
const traps: readonly (readonly [string, () => Trap])[] = [
  ["killed between PagerDuty's answer and its entry", () => beforeCommit(environment.watch, "pager.notified")],
  ["killed between that entry and the end of the effect", () => afterCommit(environment.watch, "pager.notified")],
];

const events = (key: string) =>
  pagerduty.received.flatMap(({ json }) =>
    typeof json === "object" && json !== null && "dedup_key" in json && json.dedup_key === key && "event_action" in json
      ? [json.event_action]
      : [],
  );

describe("A bot with a pager", () => {
  test.each(traps)(
    "%s: it notifies the same incident again and records it once",
    async (_, make) => {
      const { bot, trail } = environment;
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
      await environment.drained(60_000);
      const mine = pagerduty.incidents.filter(({ key }) => key.endsWith(`-BG-${bypass.n}`));
      expect(mine).toMatchObject([{ status: "triggered" }]);
      const step = async () => (await trail.entries(bypass.n)).filter(({ type }) => type === "pager.notified");
      expect(await step()).toHaveLength(1);
      await lives.approve(bypass);
      await environment.drained(60_000);
      await lives.close(bypass);
      await environment.drained(60_000);
      expect(pagerduty.incidents.find(({ key }) => key === mine[0]?.key)?.status).toBe("resolved");
      expect(await step()).toHaveLength(3);
      // The order holds however often an event was sent.
      expect([...new Set(events(mine[0]?.key ?? ""))]).toEqual(["trigger", "acknowledge", "resolve"]);
    },
    180_000,
  );

  test("loses and doubles nothing in Slack, and PagerDuty refuses nothing", async () => {
    const { lost, doubled, stuck, findings } = await judge(environment, lives.acknowledged);
    expect({ lost, doubled, stuck, findings }).toEqual({ lost: [], doubled: [], stuck: [], findings: [] });
    expect(pagerduty.refused).toEqual([]);
    expect(environment.bot.output()).not.toContain(ROUTING_KEY);
    // After the first kill the bot sends the event again, since it cannot know that PagerDuty has accepted it.
    expect(events(pagerduty.incidents[0]?.key ?? "").filter((action) => action === "trigger")).toHaveLength(2);
  });
});
