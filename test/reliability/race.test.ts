import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { INCIDENTS } from "../../src/demo/cast.js";
import type { Answer, Message } from "../../src/demo/slack/index.js";
import { silentLog } from "../../src/lib/logger.js";
import { type House, openHouse } from "../support/house.js";
import { alertOf, declare, delivered, numberOf, replies, taken } from "../support/reliability/people.js";
import { dice, median, say, sizeOf } from "../support/reliability/seed.js";
import { openTrail, type Trail } from "../support/reliability/trail.js";

const BYPASSES = sizeOf("RACES", 100);
const AT_A_TIME = 10;
const LEADS = ["U0LEAD1", "U0LEAD2", "U0LEAD3", "U0LEAD4", "U0LEAD5", "U0LEAD6", "U0LEAD7", "U0LEAD8"] as const;
const DECLARERS = Array.from({ length: AT_A_TIME }, (_, index) => `U0CALL${index + 1}`);

let house: House;
let trail: Trail;
let alerts: { n: number; message: Message }[];
const { next, below } = dice("race");
/** What the bots complained of, for whoever reads a failure. */
const complaints: string[] = [];
const complain = (event: string, fields: object = {}) => void complaints.push(`${event} ${JSON.stringify(fields)}`);

beforeAll(async () => {
  house = await openHouse({ instances: 2, overrides: { log: { ...silentLog, warn: complain, error: complain } } });
  trail = openTrail(house.database.adminUrl);
  const { slack } = house;
  for (const id of [...LEADS, ...DECLARERS]) {
    slack.people.add({ id, name: id.toLowerCase() });
    slack.channels.join(INCIDENTS, id);
  }
  slack.groups.set("S0LEADS", LEADS);
  slack.groups.set("S0ONCALL", DECLARERS);
  // A reading of the groups counts for 30 s, and the start has read them.
  await house.advance(31_000);
});

afterAll(async () => {
  await trail.close();
  await house.close();
});

describe(`${BYPASSES} bypasses over two instances`, () => {
  test(`declared ${AT_A_TIME} at a time, get numbers without a gap`, async () => {
    const { slack } = house;
    const answers: Answer[] = [];
    const targets: string[] = [];
    for (let done = 0; done < BYPASSES; done += AT_A_TIME) {
      const now = DECLARERS.slice(0, BYPASSES - done);
      for (const { answer, target } of await Promise.all(now.map((user) => declare(slack, user)))) {
        answers.push(answer);
        targets.push(target);
      }
    }
    expect(answers.filter((answer) => !taken(answer))).toEqual([]);
    alerts = await Promise.all(targets.map((target) => alertOf(slack, target)));
    const numbers = alerts.map(({ n }) => n).sort((a, b) => a - b);
    expect(numbers).toEqual(Array.from({ length: BYPASSES }, (_, index) => index + 1));
    say("race", `median answer to a declaration ${ms(answers)} ms, ${AT_A_TIME} at a time`);
  }, 60_000);

  test("settle once each under eight clicks at the same moment, and every loser is told who won", async () => {
    const answers: Answer[] = [];
    const outcomes = { approved: 0, denied: 0, duplicates: 0 };
    for (const alert of alerts) {
      const shots = await race(alert);
      answers.push(...shots.answers);
      outcomes.duplicates += shots.duplicates;
      const won = await winnerOf(alert.n);
      outcomes[won.how] += 1;
      const clicks = LEADS.map((lead) => ({ lead, told: shots.told.get(lead) ?? "" }));
      const wrong = clicks.filter(({ lead, told }) =>
        lead === won.user ? told !== "" : !told.includes(`<@${won.user}>`) || !told.includes("no longer waits"),
      );
      expect(wrong, `BG-${alert.n}, ${won.how} by ${won.user}`).toEqual([]);
    }
    expect(answers.filter((answer) => !taken(answer))).toEqual([]);
    say("race", `median answer to a click ${ms(answers)} ms, ${JSON.stringify(outcomes)}`);
    expect(outcomes.duplicates).toBeGreaterThan(0);
  }, 120_000);

  test("are told once each in their threads, and the trail verifies", async () => {
    await delivered(house, trail, 60_000);
    const settled = await trail.sql<{ n: number }[]>`SELECT n FROM breakglass.settlements ORDER BY n`;
    expect(settled.map(({ n }) => n)).toEqual(alerts.map(({ n }) => n).sort((a, b) => a - b));
    for (const { n, message } of alerts) {
      const told = replies(house.slack, message, /Approved by|Denied by/);
      expect(told.map(({ text }) => numberOf(text))).toEqual([n]);
    }
    expect((await trail.verify()).findings).toEqual([]);
    expect(house.slack.violations).toEqual([]);
  }, 90_000);
});

const ms = (answers: readonly Answer[]): string => median(answers.map((answer) => answer.ms)).toFixed(0);

/** Some leads approve, the others have typed their reason; then all press at once, and some requests come twice. */
async function race({ n, message }: { n: number; message: Message }) {
  const { slack } = house;
  const deniers = LEADS.filter(() => next() < 0.5);
  await Promise.all(deniers.map((lead) => slack.as(lead).click(message, "Deny", { stale: message })));
  await slack.until(() => deniers.every((lead) => slack.view(lead)?.title === `Deny BG-${n}`), "the forms");
  await Promise.all(deniers.map((lead) => slack.as(lead).fill({ Reason: `Not this one, says ${lead}.` })));
  const before = { requests: slack.record.requests.length, whispers: slack.record.ephemerals.length };
  const deny = () => deniers.map((lead) => slack.as(lead).submit({}));
  const approve = () =>
    LEADS.filter((lead) => !deniers.includes(lead)).map((lead) =>
      slack.as(lead).click(message, "Approve", { stale: message }),
    );
  const shots: Promise<Answer>[] = [];
  // The lighter request would win each time; so by turns the one kind or the other leaves first.
  for (const volley of next() < 0.5 ? [approve, deny] : [deny, approve]) {
    shots.push(...volley());
    // Requests leave within a few turns of the queue of microtasks, long before the first answer.
    for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
  }
  const sent = slack.record.requests.slice(before.requests);
  expect(sent).toHaveLength(LEADS.length);
  const again = sent.filter(() => below(4) === 0).map((request) => slack.replay(request));
  const answers = [...(await Promise.all(shots)), ...(await Promise.all(again))];
  const won = await winnerOf(n);
  const told = () =>
    new Map(
      LEADS.map((lead) => {
        const whispers = slack.record.ephemerals.slice(before.whispers).filter((one) => one.user === lead);
        const view = slack.view(lead);
        const inView = view === undefined ? [] : [JSON.stringify(view.blocks)];
        return [lead, [...whispers.map((one) => one.text), ...inView].join(" ")] as const;
      }),
    );
  const untold = () => [...told()].flatMap(([lead, words]) => (lead === won.user || words !== "" ? [] : [lead]));
  await slack
    .until(() => untold().length === 0, "the losers' words")
    .catch((fault: unknown) => {
      throw new Error(`BG-${n}: ${untold().join()} were told nothing. The log:\n${complaints.join("\n")}\n${fault}`);
    });
  const words = told();
  for (const lead of LEADS) if (slack.view(lead) !== undefined) await slack.as(lead).cancel();
  return { answers, duplicates: again.length, told: words };
}

async function winnerOf(n: number): Promise<{ how: "approved" | "denied"; user: string }> {
  const entries = await trail.entries(n);
  const settling = entries.filter(({ type }) => type === "bypass.activated" || type === "bypass.denied");
  const acks = entries.filter(({ type }) => type === "ack.given");
  expect(settling).toHaveLength(1);
  const how = settling[0]?.type === "bypass.denied" ? "denied" : "approved";
  expect(acks).toHaveLength(how === "approved" ? 1 : 0);
  return { how, user: (how === "approved" ? acks[0]?.user : settling[0]?.user) ?? "" };
}
