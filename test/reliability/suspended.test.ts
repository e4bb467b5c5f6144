import { setTimeout as after } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CAST } from "../../demo/cast.js";
import { type Bot, type Bots, notLeftOnce, openBots, untilDelivered } from "../support/reliability/deaths.js";
import { judge } from "../support/reliability/judge.js";
import { alertsOf, filledIn, newTarget, openForm } from "../support/reliability/people.js";
import { isLongForm, progress, report } from "../support/reliability/report.js";
import { dice, median, sizeOf } from "../support/reliability/seed.js";
import type { Trail } from "../support/reliability/trail.js";
import { type Watch, watchTrail } from "../support/reliability/traps.js";

const SUSPENSIONS = sizeOf("SUSPENSIONS", 2);
const { below, seed } = dice("suspended");
/** The most milliseconds between the claim and the suspension: posting an alert takes about as long. */
const LATEST_MS = 25;

let bots: Bots;
let trail: Trail;
let watch: Watch;

beforeAll(async () => {
  bots = await openBots();
  if (bots.trail === null || bots.adminUrl === null) throw new Error("There is no server.");
  trail = bots.trail;
  watch = await watchTrail(bots.adminUrl);
});
afterAll(async () => {
  await watch?.close();
  await bots?.close();
});

/** Resolves when the alert of the next declaration has been claimed: with the first change of the outbox after it. */
function nextClaim(): Promise<void> {
  let declared = false;
  return new Promise((resolve) => {
    const stops = [
      watch.onEntry((type) => {
        declared ||= type === "bypass.declared";
      }),
      watch.onOutbox(() => {
        if (!declared) return;
        for (const stop of stops) stop();
        resolve();
      }),
    ];
  });
}

/** Resolves when both bots count as alive. */
async function bothLive(): Promise<void> {
  for (let living = 0; living < 2; ) {
    const rows = await trail.sql`
      SELECT FROM pg_sleep(0.05), breakglass.instances WHERE alive_until > clock_timestamp()`;
    living = rows.length;
  }
}

/** Declares on a bot that is suspended while it posts the alert, and wakes it when the other one has posted it. */
async function suspendWhilePosting(bot: Bot): Promise<{ target: string; waitMs: number }> {
  const { slack } = bots;
  bots.direct(bot);
  const target = newTarget();
  await openForm(slack, CAST.priya);
  const claimed = nextClaim();
  // The answer may be cut off by the suspension.
  const submitted = slack
    .as(CAST.priya)
    .submit(filledIn(target))
    .catch(() => {});
  await claimed;
  await after(below(LATEST_MS));
  bot.process.signal("SIGSTOP");
  const from = performance.now();
  await slack.until(() => alertsOf(slack, target).at(0), `the alert about ${target}`, 60_000);
  const waitMs = performance.now() - from;
  await untilDelivered(bots);
  bot.process.signal("SIGCONT");
  await submitted;
  if (slack.view(CAST.priya) !== undefined) await slack.as(CAST.priya).cancel();
  await bothLive();
  await slack.settled();
  return { target, waitMs };
}

describe("A bot that is suspended (SIGSTOP) while it posts an alert", () => {
  test(
    `has it posted by another one, and leaves no second one when it goes on, ${SUSPENSIONS} times`,
    async () => {
      const targets: string[] = [];
      const waits: number[] = [];
      let [first, second] = [await bots.start(), await bots.start()];
      while (targets.length < SUSPENSIONS) {
        const { target, waitMs } = await suspendWhilePosting(first);
        targets.push(target);
        waits.push(waitMs);
        [first, second] = [second, first];
        progress("suspensions", targets.length, SUSPENSIONS);
      }
      await untilDelivered(bots);
      const { wrong: twice, takenBack } = notLeftOnce(bots.slack, targets);
      const { lost, doubled, stuck, findings } = await judge({ slack: bots.slack, trail }, []);
      report("suspended", {
        what: "bot suspended while it posts an alert, and woken when another one has posted it",
        times: targets.length,
        seed,
        lost: lost.length,
        doubled: doubled.length + twice.length,
        stuck: stuck.length + findings.length,
        slowestMs: Math.max(...waits),
        more: { takenBack, medianMs: Math.round(median(waits)), postedBefore: waits.filter((ms) => ms < 100).length },
      });
      expect({ twice, lost, doubled, stuck, findings }).toEqual({
        twice: [],
        lost: [],
        doubled: [],
        stuck: [],
        findings: [],
      });
      expect(Math.max(...waits)).toBeLessThan(isLongForm() ? 5_000 : 20_000);
    },
    120_000 + SUSPENSIONS * 20_000,
  );
});
