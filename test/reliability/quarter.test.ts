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

/** Number of days. A quarter from February on includes both daylight-saving changes of spring 2027 (US and EU). */
const DAYS = sizeOf("QUARTER_DAYS", 16);
/** Number of kills, and of flushes of Redis, in the disturbed quarter. */
const KILLS = sizeOf("QUARTER_KILLS", 4);
const BEGINS = DAYS > 60 ? "2027-02-01" : "2027-03-08";
const ZONES = ["Europe/Berlin", "America/New_York", "Asia/Kolkata"] as const;
/** The longest allowed delay of a message after its planned moment: clocks that are moved in steps are never exact. */
const LATE_MS = 10 * 60_000;

const random = dice("quarter");
const redis = await redisForTests();
let program: Program;
beforeAll(async () => {
  program = await installProgram();
});
afterAll(async () => {
  await program?.dispose();
  await redis?.stop();
});

type Notices = Awaited<ReturnType<Awaited<ReturnType<typeof openSteppedBot>>["notices"]>>;

/** Lives through the days and gives what was notices. `troubles`: numbers of the moments at which the bot dies. */
async function live(zone: string, troubles: ReadonlySet<number>): Promise<{ notices: Notices; policy: Policy }> {
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
        await bot.moveToAndKill(at, random.below(60));
      } else {
        await bot.moveTo(at);
      }
      if (does !== "nothing") await people[does]();
      progress(`moments in ${zone}`, index + 1, moments.length);
    }
    expect(bot.slack.violations).toEqual([]);
    expect(await verify(bot.database.appUrl)).toBe(VERIFIES);
    expect(doubledIn(bot.slack)).toEqual([]);
    return { notices: await bot.notices(), policy };
  } finally {
    await bot.close();
  }
}

/** Messages that were posted twice. A kill between Slack's answer and the bot's record must not cause one. */
function doubledIn(slack: SlackDouble): unknown[] {
  const everywhere = [...slack.messages(INCIDENTS), ...Object.values(CAST).flatMap((id) => slack.inbox(id))];
  const ids = everywhere.flatMap(
    ({ metadata }) => /"outbox_id":"([^"]+)"/.exec(JSON.stringify(metadata ?? {}))?.[1] ?? [],
  );
  return ids.filter((id, index) => ids.indexOf(id) !== index);
}

/** `reminder:U0NOOR:2027-…Z` ends with its planned moment. */
const slotOf = (key: string): string | null => /:(\d{4}-\d\d-\d\dT[\d:.]+Z)$/.exec(key)?.[1] ?? null;

describe(`The reminders of ${DAYS} days from ${BEGINS}`, () => {
  const undisturbed = new Map<string, Notices>();

  test.each(ZONES)(
    "in %s: each is sent once, at its planned moment, and none outside office hours",
    async (zone) => {
      const { notices, policy } = await live(zone, new Set());
      undisturbed.set(zone, notices);
      const keys = notices.map(({ key }) => key);
      expect(new Set(keys).size).toBe(keys.length);
      const kinds = ["reminder:", "overdue:", "digest:", "gate:"].map((kind) =>
        keys.filter((key) => key.startsWith(kind)),
      );
      for (const [index, found] of kinds.entries()) expect(found.length, `kind ${index}`).toBeGreaterThan(0);
      const planned = notices.flatMap(({ key, at }) => {
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
        times: notices.length,
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
    `are the same when the bot is killed ${KILLS} times and its Redis is flushed`,
    async () => {
      const [zone] = ZONES;
      const moments = quarter(policyIn(zone).policy, BEGINS, DAYS).length;
      const troubles = new Set<number>();
      while (troubles.size < Math.min(KILLS, moments)) troubles.add(random.below(moments));
      const { notices } = await live(zone, troubles);
      const expected = (undisturbed.get(zone) ?? []).map(({ key }) => key);
      const found = notices.map(({ key }) => key);
      const missing = expected.filter((one) => !found.includes(one));
      const more = found.filter((one) => !expected.includes(one));
      report("quarter", {
        what: "messages of a quarter whose bot is killed and whose Redis is flushed",
        times: found.length,
        seed: random.seed,
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
