import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CAST } from "../../demo/cast.js";
import { redisForTests } from "../support/redis.js";
import { declared, delivered, isAccepted, replies } from "../support/reliability/people.js";
import { openTrail, type Trail } from "../support/reliability/trail.js";
import { openTestApp, type TestApp } from "../support/test-app.js";

const redis = await redisForTests();
const MINUTE = 60_000;

/** Answers to people must not depend on Redis. The sweep, which these tests run themselves, does what is due. */
describe.skipIf(redis === null)("Redis as the queue of two instances", () => {
  let testApp: TestApp;
  let trail: Trail;

  beforeAll(async () => {
    testApp = await openTestApp({ instances: 2, redisUrl: redis?.url ?? "", overrides: { sweepEveryMs: 600_000 } });
    trail = openTrail(testApp.database.adminUrl);
  });

  afterAll(async () => {
    await trail?.close();
    await testApp?.close();
    await redis?.stop();
  });

  const typesOf = async (n: number) => (await trail.entries(n)).map(({ type }) => type);

  async function approved(): Promise<Awaited<ReturnType<typeof declared>>> {
    const { slack } = testApp;
    const bypass = await declared(slack);
    const answer = await slack.as(CAST.dana).click(bypass.message, "Approve");
    expect(isAccepted(answer)).toBe(true);
    await delivered(testApp, trail);
    return bypass;
  }

  test("can be flushed between the steps of a bypass without the loss of due work", async () => {
    const { n, message } = await approved();
    await redis?.flush();
    await testApp.advance(56 * MINUTE);
    await redis?.flush();
    await testApp.advance(5 * MINUTE);
    await delivered(testApp, trail);
    expect(await typesOf(n)).toEqual(expect.arrayContaining(["grant.warned", "bypass.expired"]));
    expect(replies(testApp.slack, message, /There is no extension/)).toHaveLength(1);
    expect(replies(testApp.slack, message, /has expired/)).toHaveLength(1);
  }, 60_000);

  test.skipIf(redis?.kill === null)(
    "can be killed in the middle of a bypass: nobody waits, and everything due is done without it",
    async () => {
      const { slack } = testApp;
      const first = await approved();
      await redis?.kill?.();
      const { n, message } = await declared(slack);
      const answer = await slack.as(CAST.noor).click(message, "Approve");
      expect(isAccepted(answer)).toBe(true);
      expect(answer.ms).toBeLessThan(3_000);
      expect(slack.ephemerals(CAST.noor)).toEqual([]);
      await testApp.advance(56 * MINUTE);
      await testApp.advance(5 * MINUTE);
      await delivered(testApp, trail);
      for (const bypass of [first.n, n]) {
        const types = await typesOf(bypass);
        for (const once of ["bypass.activated", "grant.warned", "bypass.expired"]) {
          expect(types.filter((type) => type === once)).toEqual([once]);
        }
      }
      for (const alert of [first.message, message]) {
        expect(replies(slack, alert, /^Approved by/)).toHaveLength(1);
        expect(replies(slack, alert, /has expired/)).toHaveLength(1);
      }
      expect(await degraded()).toContain("queue");
    },
    60_000,
  );

  test.skipIf(redis?.restart === null)(
    "is used again when it comes back empty",
    async () => {
      await redis?.restart?.();
      const end = performance.now() + 20_000;
      for (let words = await degraded(); words.includes("queue"); words = await degraded()) {
        if (performance.now() > end) throw new Error(`Still degraded: ${words}`);
      }
      await approved();
      expect((await trail.verify()).findings).toEqual([]);
      expect(testApp.slack.violations).toEqual([]);
    },
    60_000,
  );

  async function degraded(): Promise<string> {
    const all = await Promise.all(
      testApp.ports.map(async (port) => (await fetch(`http://127.0.0.1:${port}/readyz`)).text()),
    );
    return all.join(" ");
  }
});
