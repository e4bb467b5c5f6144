import { randomBytes } from "node:crypto";
import { chmod, mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CAST } from "../../demo/cast.js";
import { type DemoEnvironment, openDemoEnvironment } from "../../demo/environment.js";
import { DEMO_POLICY } from "../../demo/policy.js";
import type { Answer, SlackDouble, SubmitAnswer } from "../../demo/slack/index.js";
import { silentLog } from "../../src/lib/logger.js";
import { type EmbeddedPostgres, startEmbeddedPostgres } from "../../src/postgres/embedded/start.js";
import { cleanUp, serversUnder } from "../support/embedded-bot.js";
import { changes } from "../support/reliability/moments.js";
import {
  alertOf,
  declared,
  delivered,
  filledIn,
  isAccepted,
  newTarget,
  openForm,
  replies,
} from "../support/reliability/people.js";
import { isLongForm } from "../support/reliability/report.js";
import { dice, median, say, sizeOf } from "../support/reliability/seed.js";
import { openTrail, type Trail } from "../support/reliability/trail.js";
import { openTestApp, type TestApp } from "../support/test-app.js";

const JOURNEYS = sizeOf("BACKEND_KILL_JOURNEYS", 8);
const UNSURE = /Not recorded|could not be read|not known|longer than Slack waits/;
const { below } = dice("postgres");

describe("When backends are killed during requests", () => {
  let testApp: TestApp;
  let trail: Trail;
  let kills = 0;

  beforeAll(async () => {
    testApp = await openTestApp();
    trail = openTrail(testApp.database.adminUrl);
  });

  afterAll(async () => {
    await trail.close();
    await testApp.close();
  });

  /**
   * Kills the bot's connections again and again until `over`, at arbitrary moments. Waits for a change between two kills:
   * otherwise a slow machine would never get to an answer.
   */
  async function killing(over: () => boolean): Promise<void> {
    while (!over()) {
      await changes(below(10), [(changed) => testApp.slack.record.onChange(changed)]);
      await trail.sql`SELECT pg_sleep(${below(60) / 1000})`;
      const [row] = await trail.sql<{ killed: string }[]>`
        SELECT count(*) AS killed FROM (
          SELECT pg_terminate_backend(pid) FROM pg_stat_activity
          WHERE datname = current_database() AND application_name = 'breakglass') k`;
      kills += Number(row?.killed);
    }
  }

  test(`${JOURNEYS} people each get an answer in time, and a repeated request takes effect once`, async () => {
    const { slack } = testApp;
    const answers: Answer[] = [];
    let over = false;
    const killer = killing(() => over);
    const targets: string[] = [];
    let unsure = 0;
    try {
      for (let journey = 0; journey < JOURNEYS; journey += 1) {
        const target = newTarget();
        targets.push(target);
        await untilOpen(slack, CAST.priya, answers);
        for (let done = false; !done; ) {
          const answer = await slack.as(CAST.priya).submit(filledIn(target));
          answers.push(answer);
          done = isAccepted(answer) && answer.body === "";
          if (!done) unsure += unsureCount(answer);
        }
      }
    } finally {
      over = true;
      await killer;
    }
    expect(kills).toBeGreaterThan(JOURNEYS);
    // On a busy machine answers may be late through no fault of the bot.
    const late = answers.filter((answer) => answer.error !== undefined || answer.ms > 3_000);
    if (isLongForm()) expect(late).toEqual([]);
    await delivered(testApp, trail);
    const numbers = await Promise.all(targets.map(async (target) => (await alertOf(slack, target)).n));
    expect(numbers).toEqual(numbers.map((_, index) => index + 1));
    expect((await trail.verify()).findings).toEqual([]);
    const answered = median(answers.map((answer) => answer.ms)).toFixed(0);
    say("postgres", `${kills} backends killed, ${unsure} people got an unsure answer, median answer ${answered} ms`);
  }, 240_000);

  test("an approval and a close are recorded once, whatever the person's answer was", async () => {
    const { slack } = testApp;
    const { n, message } = await declared(slack);
    let over = false;
    const killer = killing(() => over);
    try {
      const replyCount = () => slack.ephemerals(CAST.dana).length;
      for (let types: string[] = []; !types.includes("bypass.activated"); ) {
        const before = replyCount();
        const answer = await slack.as(CAST.dana).click(message, "Approve", { stale: message });
        expect(answer).toMatchObject({ status: 200 });
        types = (await trail.entries(n)).map(({ type }) => type);
        if (types.includes("bypass.activated")) break;
        const words = await slack.until(() => slack.ephemerals(CAST.dana).slice(before).at(-1)?.text, "Dana's answer");
        expect(words).toMatch(/Not recorded|not known|could not be checked/);
      }
    } finally {
      over = true;
      await killer;
    }
    await slack.as(CAST.priya).command(`close BG-${n}`);
    await delivered(testApp, trail);
    const types = (await trail.entries(n)).map(({ type }) => type);
    for (const once of ["ack.given", "bypass.activated", "bypass.closed"]) {
      expect(types.filter((type) => type === once)).toEqual([once]);
    }
    expect(replies(slack, message, /^Approved by|Closed by/).length).toBe(2);
    expect((await trail.verify()).findings).toEqual([]);
  }, 180_000);
});

/** 1 when the answer says that the request is not recorded or not known. Throws for any other problem. */
function unsureCount(answer: SubmitAnswer): number {
  const words = Object.values(answer.errors ?? {}).join(" ");
  expect(words).toMatch(UNSURE);
  return 1;
}

/** Types the command until the form is open. */
async function untilOpen(slack: SlackDouble, user: string, answers: Answer[]): Promise<void> {
  while (slack.view(user)?.submit === undefined) {
    const answer = await slack.as(user).command("");
    answers.push(answer);
    if (slack.view(user)?.submit === undefined) expect(answer.body).toMatch(/Not recorded|could not|not known/);
  }
}

describe("When the PostgreSQL server is away for a while", () => {
  let folder: string;
  let server: EmbeddedPostgres;
  let environment: DemoEnvironment;
  let trail: Trail;

  const startServer = (port?: number) =>
    startEmbeddedPostgres({
      dataDir: join(folder, "data"),
      newSecret: () => randomBytes(18).toString("hex"),
      log: () => {},
      fallbacks: [join(folder, "elsewhere")],
      fast: true,
      ...(port === undefined ? {} : { port }),
    });

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "breakglass-away-"));
    await chmod(folder, 0o755);
    const policyFile = join(folder, "breakglass.yaml");
    await writeFile(policyFile, DEMO_POLICY);
    server = await startServer();
    environment = await openDemoEnvironment({
      databaseUrl: server.appUrl,
      adminUrl: server.adminUrl,
      jobsUrl: server.jobsUrl,
      policyFile,
      overrides: { log: silentLog, sweepEveryMs: 500 },
    });
    trail = openTrail(server.adminUrl);
  });

  afterAll(async () => {
    await trail?.close();
    await environment?.close();
    await server?.stop();
    if (folder !== undefined) await cleanUp(folder);
  });

  const ready = async (): Promise<{ status: number; body: unknown; ms: number }> => {
    const from = performance.now();
    const answer = await fetch(`http://127.0.0.1:${environment.ports[0]}/readyz`);
    return { status: answer.status, body: await answer.json(), ms: performance.now() - from };
  };

  /** Checks the answers while nothing can be recorded, and that nothing is recorded. */
  async function tryWhileAway(message: { channel: string; ts: string }): Promise<void> {
    const { slack } = environment;
    const alive = await fetch(`http://127.0.0.1:${environment.ports[0]}/healthz`);
    expect(alive.status).toBe(200);
    const before = slack.ephemerals(CAST.dana).length;
    const [status, approve, submit] = await Promise.all([
      slack.as(CAST.omar).command("status"),
      slack.as(CAST.dana).click(message, "Approve"),
      slack.as(CAST.priya).submit({}),
    ]);
    for (const answer of [status, approve, submit]) {
      expect(answer.error).toBeUndefined();
      expect(answer.ms).toBeLessThan(3_000);
    }
    expect(Object.values(submit.errors ?? {}).join()).toMatch(UNSURE);
    expect(await slack.until(() => slack.ephemerals(CAST.dana)[before]?.text, "Dana's answer")).toMatch(UNSURE);
  }

  async function untilReady(): Promise<void> {
    const end = performance.now() + 20_000;
    for (let answer = await ready(); answer.status !== 200; answer = await ready()) {
      if (performance.now() > end) throw new Error(`Still not ready: ${JSON.stringify(answer)}`);
    }
  }

  async function recovers(n: number, message: { channel: string; ts: string }, target: string): Promise<void> {
    const { slack } = environment;
    await untilReady();
    expect(isAccepted(await slack.as(CAST.dana).click(message, "Approve"))).toBe(true);
    const answer = await slack.as(CAST.priya).submit({});
    expect(answer).toMatchObject({ status: 200, body: "" });
    expect((await alertOf(slack, target)).n).toBe(n + 1);
    await delivered(environment, trail);
    const types = (await trail.entries(n)).map(({ type }) => type);
    expect(types.filter((type) => type === "ack.given" || type === "bypass.activated")).toHaveLength(2);
    expect((await trail.verify()).findings).toEqual([]);
  }

  async function oneAndAForm(): Promise<{ n: number; message: { channel: string; ts: string }; target: string }> {
    const { n, message } = await declared(environment.slack);
    const target = newTarget();
    await openForm(environment.slack, CAST.priya);
    await environment.slack.as(CAST.priya).fill(filledIn(target));
    await delivered(environment, trail);
    return { n, message, target };
  }

  test("because it is stopped, people learn in time that nothing was recorded, /readyz names postgres, and the bot recovers", async () => {
    const { n, message, target } = await oneAndAForm();
    const { port } = server;
    await trail.close();
    await server.stop();
    await tryWhileAway(message);
    expect(await ready()).toMatchObject({ status: 503, body: { down: ["postgres"] } });
    server = await startServer(port);
    trail = openTrail(server.adminUrl);
    expect((await trail.entries(n)).map(({ type }) => type)).not.toContain("ack.given");
    await recovers(n, message, target);
  }, 60_000);

  test.skipIf(process.platform !== "linux")(
    "because it is frozen, people get an answer in time, /readyz names postgres, and the bot recovers",
    async () => {
      const { n, message, target } = await oneAndAForm();
      const pids = [...(await serversUnder(folder)), ...(await backends(trail))];
      for (const pid of pids) process.kill(pid, "SIGSTOP");
      try {
        await tryWhileAway(message);
        const answer = await ready();
        expect(answer).toMatchObject({ status: 503, body: { down: ["postgres"] } });
        expect(answer.ms).toBeLessThan(3_000);
      } finally {
        for (const pid of pids) process.kill(pid, "SIGCONT");
      }
      await recovers(n, message, target);
    },
    60_000,
  );
});

async function backends(trail: Trail): Promise<number[]> {
  const rows = await trail.sql<{ pid: number }[]>`
    SELECT pid FROM pg_stat_activity WHERE application_name = 'breakglass'`;
  return rows.map(({ pid }) => pid);
}
