import { setTimeout as wait } from "node:timers/promises";
import postgres from "postgres";
import { afterAll, beforeAll, test } from "vitest";
import { CAST, INCIDENTS } from "../../demo/cast.js";
import { type Answer, createSlackDouble, type SlackDouble } from "../../demo/slack/index.js";
import { installProgram, type Program } from "../support/reliability/program.js";
import { undelivered } from "../support/undelivered.js";
import { peopleTheBench, type Running, startBot, stopAll } from "./support/bots.js";
import { progress, report } from "./support/figures.js";
import { paced } from "./support/pace.js";
import { ms } from "./support/rounds.js";
import { sizeOf } from "./support/sizes.js";
import { createSubmitter, type Submitter } from "./support/submissions.js";

const PART = "burst";
const PER_SECOND = sizeOf("BURST_PER_SECOND", 500);
const SECONDS = sizeOf("BURST_SECONDS", 20);
const DRAINED_WITHIN_S = 10;
/** Effects that are undelivered by then are counted and left. */
const PATIENCE_S = sizeOf("BURST_PATIENCE_SECONDS", 120);

let slack: SlackDouble;
let program: Program;
let bot: Running;
let submitter: Submitter;
let sql: postgres.Sql;

beforeAll(async () => {
  // Without Slack's rate limits, which would dominate the figures.
  [slack, program] = await Promise.all([createSlackDouble(), installProgram()]);
  peopleTheBench(slack);
  bot = await startBot(program, slack);
  submitter = await createSubmitter(slack, bot.url, "breakglass");
  sql = postgres(bot.database.adminUrl, { max: 1, fetch_types: false, onnotice: () => {} });
});

afterAll(async () => {
  await sql?.end();
  await stopAll([bot]);
  await program?.dispose();
  await slack?.stop();
});

const waiting = async (): Promise<number> =>
  Number((await sql`SELECT count(*) AS n FROM breakglass.outbox o WHERE ${undelivered(sql)}`)[0]?.n);

/** Waits until no effect is left to be delivered, or until the time is up. */
async function drain(): Promise<{ seconds: number; left: number }> {
  const began = performance.now();
  for (;;) {
    const left = await waiting();
    const seconds = (performance.now() - began) / 1000;
    if (left === 0 || seconds > PATIENCE_S) return { seconds, left };
    slack.record.clear();
    progress(PART, `${left} effects wait after ${seconds.toFixed(0)} s`);
    await wait(Math.min(2_000, 100 + left));
  }
}

async function burst(what: string, count: number, send: (index: number) => Promise<Answer>): Promise<void> {
  const errors = new Map<string, number>();
  const turn = await paced(count, PER_SECOND, async (index) => {
    const answer = await send(index);
    if (answer.error !== undefined) errors.set(answer.error, (errors.get(answer.error) ?? 0) + 1);
    if (index % PER_SECOND === 0) slack.record.clear();
    return performance.now();
  });
  const backlog = await waiting();
  const { seconds, left } = await drain();
  const failed = [...errors].map(([code, times]) => `${times} ${code}`).join(", ");
  await report({
    part: PART,
    what: `${count} ${what} at ${PER_SECOND}/s, the double without rate limits`,
    target: `drained in < ${DRAINED_WITHIN_S} s, no error`,
    measured: `${turn.rate.toFixed(0)} answered/s, p50 ${ms(turn.p50)}, p99 ${ms(turn.p99)}; ${failed === "" ? "no error" : failed}; ${backlog} effects waited at the end, ${left === 0 ? `drained in ${seconds.toFixed(1)} s` : `${left} of them still after ${seconds.toFixed(0)} s`}`,
    noise: null,
    verdict: failed === "" && left === 0 && seconds < DRAINED_WITHIN_S ? "held" : "missed",
    bound: "the bot, PostgreSQL, and the double with the load generator share the cores of this machine",
  });
}

test("a burst of declarations is delivered in time", async () => {
  await burst("declarations", PER_SECOND * SECONDS, () => submitter.send());
});

test("a burst of approvals is delivered in time", async () => {
  const alerts = slack.messages(INCIDENTS).filter(({ thread_ts }) => thread_ts === undefined);
  await burst("presses of Approve", Math.min(alerts.length, PER_SECOND * SECONDS), (index) => {
    const alert = alerts[index];
    if (alert === undefined) throw new Error("There are too few alerts.");
    return slack.as(index % 2 === 0 ? CAST.dana : CAST.noor).click(alert, "Approve", { stale: alert });
  });
});
