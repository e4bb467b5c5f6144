import { join } from "node:path";
import { setTimeout as after } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CAST, INCIDENTS, peopleTheWorkspace } from "../../src/demo/cast.js";
import { type Answer, createSlackDouble, type Message, type SlackDouble } from "../../src/demo/slack/index.js";
import { createTestDatabase, type TestDatabase } from "../support/postgres.js";
import { alertOf, alertsOf, filledIn, newTarget, replies, taken } from "../support/reliability/people.js";
import { installProgram, type Program } from "../support/reliability/program.js";
import { dice, say, sizeOf } from "../support/reliability/seed.js";
import { type Supervisor, supervise } from "../support/reliability/supervisor.js";
import { openTrail, type Trail } from "../support/reliability/trail.js";
import {
  afterCall,
  afterCommit,
  beforeCall,
  beforeCommit,
  type Trap,
  type Watch,
  watchTrail,
} from "../support/reliability/traps.js";

/** Kills at random moments on top of the chosen ones. */
const RANDOM = sizeOf("RANDOM_KILLS", 3);
const { below } = dice("kill");

let slack: SlackDouble;
let database: TestDatabase;
let trail: Trail;
let watch: Watch;
let program: Program;
let bot: Supervisor;

beforeAll(async () => {
  [program, slack, database] = await Promise.all([installProgram(), createSlackDouble(), createTestDatabase()]);
  peopleTheWorkspace(slack);
  trail = openTrail(database.adminUrl);
  watch = await watchTrail(database.adminUrl);
  const env = {
    SLACK_BOT_TOKEN: slack.botToken,
    SLACK_SIGNING_SECRET: slack.signingSecret,
    SLACK_API_URL: slack.apiUrl,
    DATABASE_URL: database.appUrl,
    DATABASE_ADMIN_URL: database.adminUrl,
    DATABASE_JOBS_URL: database.jobsUrl,
    BREAKGLASS_POLICY: join(program.folder, "breakglass.yaml"),
  };
  bot = await supervise(program, env, slack, trail);
});

afterAll(async () => {
  await watch?.close();
  await trail?.close();
  await program?.dispose();
  await slack?.stop();
  await database?.drop();
});

/** What Slack was told was done, to be found in the trail. */
const acknowledged: { n: number; type: string }[] = [];
const lives: { n: number; target: string; alert: Message }[] = [];

/** The borders that a bypass crosses, from the form to its close. */
const traps: readonly (() => Trap)[] = [
  () => afterCall(slack, "views.open", /Break Glass/),
  () => beforeCommit(watch, "bypass.declared"),
  () => afterCommit(watch, "bypass.declared"),
  () => beforeCall(slack, "chat.postMessage"),
  () => afterCall(slack, "chat.postMessage", new RegExp(`"channel":"${INCIDENTS}"`)),
  () => afterCommit(watch, "alert.posted"),
  () => afterCommit(watch, "page.addressed"),
  () => afterCall(slack, "chat.postMessage", /"channel":"D/),
  () => beforeCommit(watch, "ack.given"),
  () => afterCommit(watch, "bypass.activated"),
  () => beforeCall(slack, "chat.update"),
  () => afterCall(slack, "chat.update", /active/),
  () => afterCall(slack, "chat.postMessage", /Approved by/),
  () => afterCommit(watch, "bypass.logged"),
  () => beforeCommit(watch, "bypass.closed"),
  () => afterCommit(watch, "bypass.closed"),
  () => afterCall(slack, "chat.postMessage", /Closed by/),
  ...Array.from({ length: RANDOM }, () => () => atRandom(below(1_500))),
];

function atRandom(ms: number): Trap {
  return {
    name: `${ms} ms after the first word`,
    set: async () => {
      const stop = new AbortController();
      const sprung = after(ms, undefined, { signal: stop.signal }).catch(() => {});
      return { sprung, lift: async () => stop.abort() };
    },
  };
}

describe("kill -9 of the bot", () => {
  test.each(traps.map((trap, index) => [index + 1, trap] as const))(
    "at point %i of a bypass's life: the person goes on, and the bypass ends as it should",
    async (_point, make) => {
      const trap = make();
      const before = bot.deaths;
      const { sprung, lift } = await trap.set();
      const killed = sprung.then(async () => {
        const dead = bot.kill();
        await lift();
        await dead;
      });
      const life = await live();
      if ((await Promise.race([killed, after(10_000, "never")])) === "never") {
        await lift();
        throw new Error(`It never came to this: ${trap.name}`);
      }
      await bot.up();
      lives.push(life);
      expect(bot.deaths, trap.name).toBe(before + 1);
      const types = (await trail.entries(life.n)).map((entry) => entry.type);
      expect(types.filter((type) => type === "bypass.logged")).toHaveLength(1);
      expect(types).toContain("bypass.closed");
    },
    60_000,
  );

  test("loses nothing that was acknowledged, posts each alert once and tells each settlement once", async () => {
    await drained(60_000);
    const entries = await trail.entries();
    const onRecord = (n: number, type: string) => entries.some((entry) => entry.n === n && entry.type === type);
    expect(acknowledged.filter(({ n, type }) => !onRecord(n, type))).toEqual([]);
    expect(acknowledged.length).toBeGreaterThan(lives.length * 2);
    expect(lives.map(({ n }) => n)).toEqual(lives.map((_, index) => index + 1));
    for (const { n, target, alert } of lives) {
      const told = (words: RegExp) => replies(slack, alert, words).length;
      expect({
        n,
        alerts: alertsOf(slack, target).length,
        approved: told(/Approved by/),
        closed: told(/Closed by/),
        logged: told(/log by/),
      }).toEqual({ n, alerts: 1, approved: 1, closed: 1, logged: 1 });
    }
    const { findings } = await trail.verify();
    expect(findings).toEqual([]);
  }, 90_000);

  test("doubles no direct message either, as long as Slack lets the bot look", () => {
    const marks = [CAST.priya, CAST.dana, CAST.noor].flatMap((user) =>
      slack.inbox(user).map((message) => `${user} ${JSON.stringify(message.metadata)}`),
    );
    expect(marks.filter((mark, index) => marks.indexOf(mark) !== index)).toEqual([]);
    for (const { n } of lives) {
      const pages = [CAST.dana, CAST.noor].map((user) => slack.inbox(user).filter((one) => about(one, n)).length);
      expect(pages, `BG-${n}`).toEqual([1, 1]);
    }
    say("kill", `${bot.deaths} kills, ${acknowledged.length} acknowledged, 0 lost, 0 doubled`);
  });

  test("leaves a bot that still stops as it should", async () => {
    expect(await bot.stop()).toBe(0);
    expect(bot.output()).not.toContain('"level":"error"');
  });
});

const about = (message: Message, n: number): boolean => new RegExp(`BG-${n}\\b`).test(message.text);

/** One bypass from the form to the close. Whoever gets no answer does the same again, as people do. */
async function live(): Promise<{ n: number; target: string; alert: Message }> {
  const target = newTarget();
  const priya = slack.as(CAST.priya);
  await insist(async () => {
    if (slack.view(CAST.priya) !== undefined) return true;
    await priya.command("", { channel: INCIDENTS });
    return slack.view(CAST.priya) !== undefined;
  });
  // The same view, so the same submission, however often it is sent.
  await insist(async () => {
    const answer = await priya.submit(filledIn(target));
    return taken(answer) && answer.body === "";
  });
  const { n, message: alert } = await alertOf(slack, target);
  acknowledged.push({ n, type: "bypass.declared" });
  const asked = [CAST.dana, CAST.noor];
  await slack.until(() => asked.every((user) => slack.inbox(user).some((one) => about(one, n))), "the pages", 40_000);
  await insist(async () => {
    if ((await typesOf(n)).includes("bypass.activated")) return true;
    return acknowledge(await slack.as(CAST.dana).click(alert, "Approve", { stale: alert }), n, "bypass.activated");
  });
  // Who would close before the channel shows it would leave nothing to be drawn, and no moment to be killed at.
  await slack.until(() => alertsOf(slack, target).some(({ text }) => /active/.test(text)), "the active alert", 40_000);
  // Sent again byte by byte: the log may hold the line only once.
  const first = await priya.command(`log BG-${n} deployed 9f1c2ab`, { channel: INCIDENTS });
  let logged = acknowledge(first, n, "bypass.logged");
  await insist(async () => {
    if (!logged) logged = acknowledge(await slack.replay(first.request), n, "bypass.logged");
    return logged;
  });
  await insist(async () => {
    if ((await typesOf(n)).includes("bypass.closed")) return true;
    return acknowledge(await priya.command(`close BG-${n}`, { channel: INCIDENTS }), n, "bypass.closed");
  });
  return { n, target, alert };
}

const typesOf = async (n: number) => (await trail.entries(n)).map(({ type }) => type);

const UNSURE = /Not recorded|not known|longer than/;

/** Slack got its 200, and the person was not told that it is uncertain. */
function acknowledge(answer: Answer, n: number, type: string): boolean {
  const sure = taken(answer) && !UNSURE.test(answer.body);
  if (sure) acknowledged.push({ n, type });
  return sure;
}

async function insist(once: () => Promise<boolean>): Promise<void> {
  for (let attempt = 1; attempt <= 20; attempt += 1) {
    await bot.up();
    if (await once()) return;
  }
  throw new Error("Twenty tries were not enough.");
}

/** Waits until every effect is finished, looking again at each change of the outbox. */
async function drained(withinMs: number): Promise<void> {
  const late = after(withinMs, "late" as const, { ref: false });
  for (;;) {
    let stop: () => unknown = () => {};
    const changed = new Promise<void>((resolve) => {
      stop = watch.onOutbox(resolve);
    });
    const left = await trail.waiting();
    if (left === 0) {
      stop();
      return;
    }
    if ((await Promise.race([changed, late])) === "late") throw new Error(`${left} effects still wait.`);
    stop();
  }
}
