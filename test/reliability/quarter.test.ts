import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CAST, INCIDENTS } from "../../demo/cast.js";
import type { SlackDouble } from "../../demo/slack/index.js";
import { isOfficeMoment } from "../../src/domain/calendar/office-hours.js";
import type { Policy } from "../../src/domain/policy/parse.js";
import { VERIFIES, verify } from "../support/journey/journey.js";
import { redisForTests } from "../support/redis.js";
import { installProgram, type Program } from "../support/reliability/program.js";
import { createPeople, policyIn, quarter } from "../support/reliability/quarter.js";
import { progress, report } from "../support/reliability/report.js";
import { dice, sizeOf } from "../support/reliability/seed.js";
import { openSteppedBot } from "../support/reliability/stepped.js";

/** Days: both changes of the clocks of 2027 lie in a quarter that begins in February. */
const DAYS = sizeOf("QUARTER_DAYS", 16);
/** So often the bot is killed in the disturbed quarter, and Redis flushed as often. */
const KILLS = sizeOf("QUARTER_KILLS", 4);
const BEGINS = DAYS > 60 ? "2027-02-01" : "2027-03-08";
const ZONES = ["Europe/Berlin", "America/New_York", "Asia/Kolkata"] as const;
/** How long after its planned moment a message may stand in Slack: clocks that are moved in steps are never exact. */
const LATE_MS = 10 * 60_000;

const thrown = dice("quarter");
const redis = await redisForTests();
let program: Program;
beforeAll(async () => {
  program = await installProgram();
});
afterAll(async () => {
  await program?.dispose();
  await redis?.stop();
});

type Told = Awaited<ReturnType<Awaited<ReturnType<typeof openSteppedBot>>["told"]>>;

/** Lives through the days and gives what was told. `troubles`: numbers of the moments at which the bot dies. */
async function live(zone: string, troubles: ReadonlySet<number>): Promise<{ told: Told; policy: Policy }> {
  const { text, policy } = policyIn(zone);
  const policyFile = join(program.folder, `${zone.replace("/", "-")}.yaml`);
  await writeFile(policyFile, text);
  const bot = await openSteppedBot({
    program,
    policyFile,
    begins: `${BEGINS}T00:00:00.000Z`,
    ...(redis === null ? {} : { redisUrl: redis.url }),
  });
  try {
    const people = createPeople(bot);
    const moments = quarter(policy, BEGINS, DAYS).filter(({ at }) => at > `${BEGINS}T00:01`);
    for (const [index, { at, does }] of moments.entries()) {
      if (troubles.has(index)) {
        await redis?.flush();
        await bot.itIsAndDies(at, thrown.below(60));
      } else {
        await bot.itIs(at);
      }
      if (does !== "nothing") await people[does]();
      progress(`moments in ${zone}`, index + 1, moments.length);
    }
    expect(bot.slack.violations).toEqual([]);
    expect(await verify(bot.database.appUrl)).toBe(VERIFIES);
    expect(doubledIn(bot.slack)).toEqual([]);
    return { told: await bot.told(), policy };
  } finally {
    await bot.close();
  }
}

/** Messages that stand in Slack twice: what killed the bot between Slack's yes and its own record must not show. */
function doubledIn(slack: SlackDouble): unknown[] {
  const everywhere = [...slack.messages(INCIDENTS), ...Object.values(CAST).flatMap((id) => slack.inbox(id))];
  const ids = everywhere.flatMap(
    ({ metadata }) => /"outbox_id":"([^"]+)"/.exec(JSON.stringify(metadata ?? {}))?.[1] ?? [],
  );
  return ids.filter((id, index) => ids.indexOf(id) !== index);
}

/** `reminder:U0NOOR:2027-…Z` ends with its planned moment. */
const slotOf = (key: string): string | null => /:(\d{4}-\d\d-\d\dT[\d:.]+Z)$/.exec(key)?.[1] ?? null;

describe(`${DAYS} days of reminders, from ${BEGINS}`, () => {
  const undisturbed = new Map<string, Told>();

  test.each(ZONES)(
    "in %s: each at its moment, once, and none outside office hours",
    async (zone) => {
      const { told, policy } = await live(zone, new Set());
      undisturbed.set(zone, told);
      const keys = told.map(({ key }) => key);
      expect(new Set(keys).size).toBe(keys.length);
      const kinds = ["reminder:", "overdue:", "digest:", "gate:"].map((kind) =>
        keys.filter((key) => key.startsWith(kind)),
      );
      for (const [index, found] of kinds.entries()) expect(found.length, `kind ${index}`).toBeGreaterThan(0);
      const planned = told.flatMap(({ key, at }) => {
        const slot = slotOf(key);
        return slot === null ? [] : [{ key, at, slot }];
      });
      const outside = planned.filter(({ slot }) => !isOfficeMoment(new Date(slot), policy.officeHours));
      const late = planned.filter(({ at, slot }) => {
        const by = Date.parse(at) - Date.parse(slot);
        return by < -1_000 || by > LATE_MS;
      });
      report("quarter", {
        what: `messages of a quarter in ${zone}, by the days' planned moments`,
        times: told.length,
        seed: null,
        lost: late.length,
        doubled: keys.length - new Set(keys).size,
        stuck: outside.length,
        slowestMs: null,
      });
      expect(outside).toEqual([]);
      expect(late).toEqual([]);
    },
    60_000 + DAYS * 6_000,
  );

  test(
    `the same messages when the bot is killed ${KILLS} times and its Redis flushed`,
    async () => {
      const [zone] = ZONES;
      const moments = quarter(policyIn(zone).policy, BEGINS, DAYS).length;
      const troubles = new Set<number>();
      while (troubles.size < Math.min(KILLS, moments)) troubles.add(thrown.below(moments));
      const { told } = await live(zone, troubles);
      const expected = (undisturbed.get(zone) ?? []).map(({ key }) => key);
      const found = told.map(({ key }) => key);
      const missing = expected.filter((one) => !found.includes(one));
      const more = found.filter((one) => !expected.includes(one));
      report("quarter", {
        what: "messages of a quarter whose bot is killed and whose Redis is flushed",
        times: found.length,
        seed: thrown.seed,
        lost: missing.length,
        doubled: more.length,
        stuck: 0,
        slowestMs: null,
        more: { kills: troubles.size },
      });
      expect({ missing, more }).toEqual({ missing: [], more: [] });
    },
    60_000 + DAYS * 8_000,
  );
});
