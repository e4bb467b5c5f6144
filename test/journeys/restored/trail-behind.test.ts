import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CAST, INCIDENTS } from "../../../demo/cast.js";
import { openPagerDutyDouble, type PagerDutyDouble, ROUTING_KEY } from "../../support/pagers/pagerduty-double.js";
import type { TestDatabase } from "../../support/postgres.js";
import {
  openRestorableWorkspace,
  type RestorableWorkspace,
  type RunningBot,
} from "../../support/restored/workspace.js";

const texts = (on: RestorableWorkspace): string[] => on.slack.messages(INCIDENTS).map(({ text }) => text);
const gapMessages = (on: RestorableWorkspace) => texts(on).filter((text) => text.includes("restored from a backup"));
const behind = (bot: RunningBot) => bot.log.filter(({ event, level }) => event === "trail.behind" && level === "error");
const gaps = async (bot: RunningBot) => (await bot.trail.entries()).filter(({ type }) => type === "trail.gap");

describe("A backup that is older than what was published", () => {
  let on: RestorableWorkspace;
  let backup: TestDatabase;
  let bot: RunningBot;
  beforeAll(async () => {
    on = await openRestorableWorkspace();
    bot = await on.start(on.original);
    await on.person(CAST.priya).declares();
    await on.alert("BG-1");
    await bot.delivered();
    await bot.stop();
    backup = await on.backUp();
    bot = await on.start(on.original);
    await bot.delivered();
  });
  afterAll(() => on.close());

  it("is not suspected while the original runs on", async () => {
    expect(behind(bot)).toEqual([]);
    expect(await gaps(bot)).toEqual([]);
    expect((await bot.readyz()).degraded).not.toContain("trail_behind");
  });

  it("is noticed when only a denial is missing, which posts nothing in the channel but updates the alert", async () => {
    await on.person(CAST.noor).denies("BG-1", "Use the smoke tests.", "alert");
    await on.slack.until(() => texts(on).some((text) => text.startsWith("BG-1 denied")), "BG-1 to be denied");
    await bot.delivered();
    const newest = (await bot.trail.entries()).at(-1)?.seq ?? 0;
    await bot.stop();

    bot = await on.start(backup);
    expect(behind(bot)).toHaveLength(1);
    expect((await bot.readyz()).degraded).toContain("trail_behind");
    const [gap] = await gaps(bot);
    const event = JSON.parse(gap?.body ?? "{}");
    expect(event).toMatchObject({ foundBy: "published", head: expect.stringMatching(/^[0-9a-f]{24}$/) });
    expect(event.seq).toBeLessThanOrEqual(newest);
    await bot.delivered();
    expect(gapMessages(on)).toHaveLength(1);
    expect((await bot.trail.verify()).findings).toEqual([]);
  });

  it("does not keep the bot from working", async () => {
    await on.person(CAST.omar).declares({ Target: "service:checkout" });
    await on.person(CAST.noor).approves("BG-2", "alert");
    await on.slack.until(() => texts(on).some((text) => text.startsWith("BG-2 active")), "BG-2 to be active");
  });

  it("is told once, and named in /readyz at each start until the operator has said so", async () => {
    await bot.delivered();
    await bot.stop();
    bot = await on.start(backup);
    await bot.delivered();
    expect(behind(bot)).toHaveLength(1);
    expect(await gaps(bot)).toHaveLength(1);
    expect(gapMessages(on)).toHaveLength(1);
    await bot.stop();
    for (let start = 1; start <= 2; start += 1) {
      bot = await on.start(backup, { BREAKGLASS_RESTORED: "2026-11-30T02:00Z" });
      expect(behind(bot)).toEqual([]);
      expect((await bot.readyz()).degraded).not.toContain("trail_behind");
      expect((await gaps(bot)).map(({ body }) => JSON.parse(body).foundBy)).toEqual(["published", "operator"]);
      await bot.stop();
    }
    bot = await on.start(backup);
    expect(behind(bot)).toEqual([]);
    await bot.delivered();
    expect(gapMessages(on)).toHaveLength(1);
    expect((await bot.trail.verify()).findings).toEqual([]);
  });
});

describe("A backup that is restored while Slack is away", () => {
  it("is noticed once Slack answers, and the bot starts without it", async () => {
    const on = await openRestorableWorkspace();
    try {
      let bot = await on.start(on.original);
      const backup = await bot.stop().then(() => on.backUp());
      bot = await on.start(on.original);
      await on.person(CAST.priya).declares();
      await on.alert("BG-1");
      await bot.delivered();
      await bot.stop();
      await on.slack.faults.unreachable();
      bot = await on.start(backup);
      expect((await bot.readyz()).down).toEqual([]);
      expect(await gaps(bot)).toEqual([]);
      await on.slack.faults.reachable();
      // The comparison of the start may still be waiting for the Slack that was away.
      const compared = async () => {
        await bot.services.restored.compare();
        return behind(bot).length;
      };
      await expect.poll(compared, { timeout: 20_000 }).toBe(1);
      expect(await gaps(bot)).toHaveLength(1);
    } finally {
      await on.close();
    }
  });
});

describe("A backup taken between the commit and the delivery", () => {
  let on: RestorableWorkspace;
  let pagerduty: PagerDutyDouble;
  let backup: TestDatabase;
  let env: Readonly<Record<string, string>>;
  /** BG-1 is committed in both databases; neither has delivered anything of it. */
  beforeAll(async () => {
    pagerduty = await openPagerDutyDouble();
    env = { PAGERDUTY_ROUTING_KEY: ROUTING_KEY, PAGERDUTY_EVENTS_URL: pagerduty.base };
    on = await openRestorableWorkspace();
    const bot = await on.start(on.original, env);
    await bot.services.jobs.stop(1_000);
    await on.person(CAST.priya).declares();
    expect((await bot.trail.entries(1)).map(({ type }) => type)).toEqual(["bypass.declared", "review.opened"]);
    expect(await bot.trail.waiting()).toBeGreaterThan(0);
    expect(texts(on)).toEqual([]);
    await bot.stop();
    backup = await on.backUp();
  });
  afterAll(async () => {
    await on.close();
    await pagerduty.stop();
  });

  const posts = () => on.slack.record.calls.filter(({ method, ok }) => method === "chat.postMessage" && ok).length;

  it("neither posts nor pages anew what the original did, and its old messages go on to work", async () => {
    const original = await on.start(on.original, env);
    await on.alert("BG-1");
    await original.delivered();
    expect(pagerduty.incidents).toMatchObject([{ triggers: 1 }]);
    await original.stop();
    const delivered = posts();
    expect(delivered).toBeGreaterThan(2);

    const bot = await on.start(backup, env);
    await bot.delivered();
    expect((await bot.readyz()).degraded).toContain("trail_behind");
    // Only the loud message itself.
    const added = on.slack.record.calls
      .filter(({ method, ok }) => method === "chat.postMessage" && ok)
      .slice(delivered);
    expect(added.map(({ args }) => String(args.text)).filter((text) => !/restored from a backup/.test(text))).toEqual(
      [],
    );
    expect(gapMessages(on)).toHaveLength(1);
    expect(pagerduty.incidents).toMatchObject([{ triggers: 1 }]);
    expect((await bot.trail.entries(1)).filter(({ type }) => type === "alert.posted")).toHaveLength(1);

    await on.person(CAST.noor).approves("BG-1", "dm");
    await on.slack.until(() => texts(on).some((text) => text.startsWith("BG-1 active")), "BG-1 to be active");
    await bot.delivered();
    expect((await bot.trail.verify()).findings).toEqual([]);
    expect(on.slack.violations).toEqual([]);
    await bot.stop();
  });
});

describe("A backup whose original delivered nothing more", () => {
  it("delivers and pages what it holds", async () => {
    const pagerduty = await openPagerDutyDouble();
    const env = { PAGERDUTY_ROUTING_KEY: ROUTING_KEY, PAGERDUTY_EVENTS_URL: pagerduty.base };
    const on = await openRestorableWorkspace();
    try {
      let bot = await on.start(on.original, env);
      await bot.services.jobs.stop(1_000);
      await on.person(CAST.priya).declares();
      await bot.stop();
      bot = await on.start(await on.backUp(), env);
      await on.alert("BG-1");
      await bot.delivered();
      expect(await gaps(bot)).toEqual([]);
      expect(pagerduty.incidents).toMatchObject([{ triggers: 1 }]);
      expect(on.slack.inbox(CAST.noor)).toHaveLength(1);
    } finally {
      await on.close();
      await pagerduty.stop();
    }
  });

  it("asks Slack first and pages nobody when the operator says that it is a backup", async () => {
    const pagerduty = await openPagerDutyDouble();
    const env = { PAGERDUTY_ROUTING_KEY: ROUTING_KEY, PAGERDUTY_EVENTS_URL: pagerduty.base };
    const on = await openRestorableWorkspace();
    try {
      let bot = await on.start(on.original, env);
      await bot.services.jobs.stop(1_000);
      await on.person(CAST.priya).declares();
      await bot.stop();
      bot = await on.start(await on.backUp(), { ...env, BREAKGLASS_RESTORED: "from-monday" });
      await on.alert("BG-1");
      await bot.delivered();
      expect(pagerduty.incidents).toEqual([]);
      expect(
        (await bot.trail.entries(1)).filter(({ body }) => body.includes("restored_backup")).length,
      ).toBeGreaterThan(0);
    } finally {
      await on.close();
      await pagerduty.stop();
    }
  });
});
