import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type PolicyOnDisk, policyOnDisk } from "../support/journey/policies.js";
import { redisForTests } from "../support/redis.js";
import { startCrowd } from "../support/reliability/crowd.js";
import { pairsOf, SHORT_LIVES } from "../support/reliability/endings.js";
import { judge, latestEnd } from "../support/reliability/judge.js";
import { type LoadedEnvironment, loadEnvironment } from "../support/reliability/loaded-environment.js";
import { changes } from "../support/reliability/moments.js";
import { isLongForm, progress, report } from "../support/reliability/report.js";
import { dice, sizeOf } from "../support/reliability/seed.js";
import { openTrail, type Trail } from "../support/reliability/trail.js";
import { openTestApp, type TestApp } from "../support/test-app.js";

/** Number of kills, and of flushes. */
const TIMES = sizeOf("REDIS_KILLS", 1);
const AT_A_TIME = sizeOf("REDIS_LIVES_AT_A_TIME", 2);
/** The most changes in Slack between two kills or flushes. */
const MOST_CHANGES = 200;
const PATIENCE_MS = 120_000;
const MINUTE = 60_000;

const people = pairsOf(AT_A_TIME);
const random = dice("redis-load");
const { below, seed } = random;
const redis = await redisForTests();

describe.skipIf(redis?.kill == null)(
  `Redis of two instances under the load of ${AT_A_TIME} concurrent bypasses`,
  () => {
    let testApp: TestApp;
    let trail: Trail;
    let policy: PolicyOnDisk;
    let loaded: LoadedEnvironment;

    beforeAll(async () => {
      policy = await policyOnDisk(SHORT_LIVES);
      testApp = await openTestApp({ instances: 2, redisUrl: redis?.url ?? "", policyFile: policy.file });
      const { adminUrl } = testApp.database;
      trail = openTrail(adminUrl);
      loaded = await loadEnvironment(testApp, adminUrl, people);
    });

    afterAll(async () => {
      await trail?.close();
      await testApp?.close();
      await policy?.remove();
      await redis?.stop();
    });

    const strikeAt = (): Promise<void> =>
      changes(below(MOST_CHANGES), [(changed) => testApp.slack.record.onChange(changed)]);

    test(
      `can be killed ${TIMES} times and flushed ${TIMES} times: everything due is done within a minute`,
      async () => {
        const crowd = startCrowd(loaded, people, random, PATIENCE_MS);
        const troubles = [...Array<string>(TIMES).fill("kill"), ...Array<string>(TIMES).fill("flush")];
        let times = 0;
        while (troubles.length > 0 && !crowd.failed()) {
          const [trouble] = troubles.splice(below(troubles.length), 1);
          await strikeAt();
          if (trouble === "flush") await redis?.flush();
          else {
            await redis?.kill?.();
            await strikeAt();
            await redis?.restart?.();
          }
          times += 1;
          progress("kills and flushes", times, 2 * TIMES);
        }
        await crowd.finish();
        const drainedMs = await loaded.drained(MINUTE);
        const { late, slowestMs } = loaded.answers();
        const { lost, doubled, stuck, findings } = await judge({ slack: testApp.slack, trail }, crowd.acknowledged);
        const latestEndMs = await latestEnd({ trail });
        report("redis-load", {
          what: "Redis killed, or flushed, under load",
          times,
          seed,
          lost: lost.length,
          doubled: doubled.length,
          stuck: stuck.length + findings.length + (isLongForm() ? late : 0),
          slowestMs,
          more: {
            lives: crowd.lived.length,
            acknowledged: crowd.acknowledged.length,
            drainedMs: Math.round(drainedMs),
            latestEndMs: Math.round(latestEndMs),
            lateAnswers: late,
          },
        });
        expect({ lost, doubled, stuck, findings }).toEqual({ lost: [], doubled: [], stuck: [], findings: [] });
        expect(latestEndMs).toBeLessThan(MINUTE);
        if (isLongForm()) expect(late).toBe(0);
        const statuses = await trail.sql<{ n: number; ending: string }[]>`
        SELECT n, status AS ending FROM breakglass.bypasses ORDER BY n`;
        expect([...statuses]).toEqual(crowd.lived);
        expect(testApp.slack.violations).toEqual([]);
      },
      240_000 + TIMES * 30_000,
    );
  },
);
