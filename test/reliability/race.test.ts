import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { INCIDENTS } from "../../demo/cast.js";
import type { Answer, Message } from "../../demo/slack/index.js";
import { silentLog } from "../../src/lib/logger.js";
import { byButton, byForm, getsReply, type Presser } from "../support/reliability/concurrent-clicks.js";
import { declareWithRetry, delivered, isAccepted, numberOf } from "../support/reliability/people.js";
import { progress, report } from "../support/reliability/report.js";
import { dice, median, say, sizeOf } from "../support/reliability/seed.js";
import { openTrail, type Trail } from "../support/reliability/trail.js";
import { openTestApp, type TestApp } from "../support/test-app.js";

const BYPASSES = sizeOf("RACES", 20);
const AT_A_TIME = 10;
const LEADS = ["U0LEAD1", "U0LEAD2", "U0LEAD3", "U0LEAD4", "U0LEAD5", "U0LEAD6", "U0LEAD7"] as const;
const DECLARERS = Array.from({ length: AT_A_TIME }, (_, index) => `U0CALL${index + 1}`);

/** A requested bypass, with its two messages with buttons as they were posted. */
interface Waiting {
  readonly n: number;
  readonly requester: string;
  readonly alert: Message;
  readonly own: Message;
}

let testApp: TestApp;
let trail: Trail;
const all: Waiting[] = [];
const { seed, next, below } = dice("race");
/** Warnings and errors of the bots, for the message of a failed test. */
const complaints: string[] = [];
const complain = (event: string, fields: object = {}) => void complaints.push(`${event} ${JSON.stringify(fields)}`);

beforeAll(async () => {
  testApp = await openTestApp({ instances: 2, overrides: { log: { ...silentLog, warn: complain, error: complain } } });
  trail = openTrail(testApp.database.adminUrl);
  const { slack } = testApp;
  for (const id of [...LEADS, ...DECLARERS]) {
    slack.people.add({ id, name: id.toLowerCase() });
    slack.channels.join(INCIDENTS, id);
  }
  slack.groups.set("S0LEADS", LEADS);
  slack.groups.set("S0ONCALL", DECLARERS);
  // The bot caches user groups for 30 s and has read them at the start.
  await testApp.advance(31_000);
});

afterAll(async () => {
  await trail.close();
  await testApp.close();
});

describe(`${BYPASSES} bypasses on two instances of the bot`, () => {
  test(
    "settle once each under eight concurrent clicks, and every loser learns who won",
    async () => {
      const answers: Answer[] = [];
      const uninformed: string[] = [];
      const outcomes = { approved: 0, denied: 0, withdrawn: 0 };
      let duplicates = 0;
      for (let done = 0; done < BYPASSES; done += AT_A_TIME) {
        for (const waiting of await declareSome(DECLARERS.slice(0, BYPASSES - done))) {
          all.push(waiting);
          const { pressers, ...sent } = await race(waiting);
          answers.push(...sent.answers);
          duplicates += sent.duplicates;
          const won = await winnerOf(waiting.n, pressers);
          outcomes[won.how] += 1;
          uninformed.push(...(await withoutReply(pressers, won.user)).map((one) => `BG-${waiting.n}: ${one}`));
          for (const { user } of pressers)
            if (testApp.slack.view(user) !== undefined) await testApp.slack.as(user).cancel();
        }
        progress("bypasses", Math.min(done + AT_A_TIME, BYPASSES), BYPASSES);
      }
      const late = answers.filter((answer) => !isAccepted(answer)).length;
      say("race", `median answer to a click ${median(answers.map(({ ms }) => ms)).toFixed(0)} ms`);
      report("race", {
        what: "Approve, Deny and Withdraw, eight clicks at one moment over two instances",
        times: BYPASSES,
        seed,
        lost: uninformed.length,
        doubled: 0,
        stuck: 0,
        slowestMs: Math.max(...answers.map(({ ms }) => ms)),
        more: { ...outcomes, duplicates, "answers later than 3 s": late },
      });
      expect(uninformed, `got a wrong reply or none. The log:\n${complaints.join("\n")}`).toEqual([]);
      expect(duplicates).toBeGreaterThan(0);
    },
    60_000 + BYPASSES * 3_000,
  );

  test("have numbers without gaps, one settlement each, posted once in the thread, and the trail verifies", async () => {
    await delivered(testApp, trail, 120_000);
    const numbers = all.map(({ n }) => n).sort((a, b) => a - b);
    expect(numbers).toEqual(Array.from({ length: BYPASSES }, (_, index) => index + 1));
    const settled = await trail.sql<
      { n: number }[]
    >`SELECT n FROM breakglass.bypasses WHERE settled_at IS NOT NULL ORDER BY n`;
    expect(settled.map(({ n }) => n)).toEqual(numbers);
    const settlements = testApp.slack
      .messages(INCIDENTS)
      .filter(({ text }) => /Approved by|Denied by|Withdrawn by/.test(text));
    const inThread = new Map<string, number[]>();
    for (const { ts, thread_ts: thread = "", text } of settlements.filter((one) => one.thread_ts !== undefined))
      if (ts !== thread) inThread.set(thread, [...(inThread.get(thread) ?? []), numberOf(text)]);
    expect(all.map(({ alert }) => inThread.get(alert.ts))).toEqual(all.map(({ n }) => [n]));
    expect((await trail.verify()).findings).toEqual([]);
    expect(testApp.slack.violations).toEqual([]);
  }, 240_000);
});

async function declareSome(users: readonly string[]): Promise<Waiting[]> {
  const { slack } = testApp;
  const from = slack.record.messages.length;
  const posted = (label: string, fits: (message: Message) => boolean) =>
    slack.until(() => slack.record.messages.slice(from).find(({ message }) => fits(message))?.message, label, 40_000);
  return Promise.all(
    users.map(async (requester) => {
      const { target } = await declareWithRetry(slack, requester);
      const isAlert = ({ channel, thread_ts, text }: Message) =>
        channel === INCIDENTS && thread_ts === undefined && text.includes(`${target} `);
      const alert = await posted(`the alert about ${target}`, isAlert);
      const n = numberOf(alert.text);
      const isOwn = (message: Message) => message.channel === slack.dm(requester) && hasWithdraw(message, n);
      return { n, requester, alert, own: await posted(`Withdraw for BG-${n}`, isOwn) };
    }),
  );
}

const hasWithdraw = ({ text, blocks }: Message, n: number): boolean =>
  numberOf(text) === n && JSON.stringify(blocks).includes('"Withdraw"');

/**
 * Some leads approve, others deny with a typed reason, and the requester withdraws, all at once. Some requests are sent
 * twice.
 */
async function race({ requester, alert, own }: Waiting) {
  const { slack } = testApp;
  const deniers = LEADS.filter(() => next() < 0.4);
  const denies = await Promise.all(deniers.map((lead) => byForm(slack, lead, alert)));
  const rest = LEADS.filter((lead) => !deniers.includes(lead));
  const others = [
    ...rest.map((lead) => byButton(slack, lead, "Approve", alert)),
    byButton(slack, requester, "Withdraw", own),
  ];
  // The request that is cheaper to handle would always win, so a random choice decides which kind is sent first.
  const clickRounds = next() < 0.5 ? [shuffled(others), denies] : [denies, shuffled(others)];
  const before = slack.record.requests.length;
  const shots: Promise<Answer>[] = [];
  for (const concurrentClicks of clickRounds) {
    shots.push(...concurrentClicks.map((presser) => presser.press()));
    await leaving();
  }
  const sent = slack.record.requests.slice(before);
  expect(sent).toHaveLength(LEADS.length + 1);
  const again = sent.filter(() => below(4) === 0).map((request) => slack.replay(request));
  const answers = [...(await Promise.all(shots)), ...(await Promise.all(again))];
  return { pressers: [...others, ...denies], answers, duplicates: again.length };
}

/** Lets requests leave: that takes a few turns of the microtask queue, far less than the first answer. */
async function leaving(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
}

function shuffled<T>(items: readonly T[]): T[] {
  return items
    .map((item) => ({ item, at: next() }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item);
}

/** Presses again for people whose request timed out in the database, since then nobody has won yet. */
async function winnerOf(n: number, pressers: readonly Presser[]): Promise<{ how: Outcome; user: string }> {
  for (let attempt = 1; ; attempt += 1) {
    const entries = await trail.entries(n);
    const settling = entries.filter(({ type }) => type in WAYS);
    if (settling.length === 0 && attempt <= 5) {
      for (const presser of pressers) await presser.press();
      continue;
    }
    const acks = entries.filter(({ type }) => type === "ack.given");
    expect(settling).toHaveLength(1);
    const how = WAYS[settling[0]?.type ?? ""] ?? "approved";
    expect(acks).toHaveLength(how === "approved" ? 1 : 0);
    return { how, user: (how === "approved" ? acks[0]?.user : settling[0]?.user) ?? "" };
  }
}

type Outcome = "approved" | "denied" | "withdrawn";
const WAYS: Readonly<Record<string, Outcome>> = {
  "bypass.activated": "approved",
  "bypass.denied": "denied",
  "bypass.withdrawn": "withdrawn",
};

/**
 * Returns the people without the right reply. Everyone but the winner must learn that it is settled, and by whom. A winner
 * whose answer was late may press again and get the same reply, but never one that names someone else.
 */
async function withoutReply(pressers: readonly Presser[], winner: string): Promise<string[]> {
  const isTold = (words: string) => words.includes(`<@${winner}>`) && words.includes("no longer waits");
  const heard = await Promise.all(
    pressers.map(async (presser) => {
      const isWinner = presser.user === winner;
      const isRight = (words: string) => isTold(words) || (isWinner && !words.includes("no longer waits"));
      const right = await getsReply(testApp.slack, presser, isRight);
      return right ? [] : [`${presser.does} of ${presser.user}, whose reply was "${presser.replies()}"`];
    }),
  );
  return heard.flat();
}
