import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Message } from "../../demo/slack/index.js";
import { faultsOf, type Sent, sentMessages } from "../support/reliability/deliveries.js";
import { faultCountsOf, makeFlaky, manyChannels, type OwnPath } from "../support/reliability/flaky-slack.js";
import { declareWithRetry, delivered, numberOf } from "../support/reliability/people.js";
import { progress, report } from "../support/reliability/report.js";
import { dice, sizeOf } from "../support/reliability/seed.js";
import { openTrail, type Trail } from "../support/reliability/trail.js";
import { openTestApp, type TestApp } from "../support/test-app.js";

const MESSAGES = sizeOf("MESSAGES", 60);
const CHANNELS = sizeOf("CHANNELS", 4);
const SHARE = 0.2;
/**
 * A hung call blocks one delivery worker for its whole deadline of 5 s, so there are enough people to keep all workers
 * busy.
 */
const AT_A_TIME = Math.min(CHANNELS, 20);
const LEADS = ["U0LEAD1", "U0LEAD2"] as const;

const { seed } = dice("slack");
const { policy, paths } = manyChannels(CHANNELS);
let testApp: TestApp;
let trail: Trail;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "breakglass-flaky-"));
  const policyFile = join(folder, "breakglass.yaml");
  await writeFile(policyFile, policy);
  testApp = await openTestApp({ instances: 2, policyFile, double: { seed } });
  trail = openTrail(testApp.database.adminUrl);
  const { slack } = testApp;
  for (const id of LEADS) slack.people.add({ id, name: id.toLowerCase() });
  for (const { requester, channel } of paths) {
    slack.people.add({ id: requester, name: requester.toLowerCase() });
    slack.channels.add({ ...channel, members: [requester, ...LEADS], botIsMember: true });
  }
  slack.groups.set("S0LEADS", LEADS);
  await testApp.advance(31_000);
});

afterAll(async () => {
  await trail.close();
  await testApp.close();
  await rm(folder, { recursive: true });
});

describe(`${MESSAGES} messages over ${CHANNELS} channels, while Slack fails one call in five`, () => {
  let sent: readonly Sent[] = [];

  test(
    "are posted once each, in the order of their lanes, and none is left over",
    async () => {
      const { slack } = testApp;
      makeFlaky(slack, SHARE);
      let lives = 0;
      const posted = () => slack.record.messages.filter(({ kind }) => kind === "posted").length;
      const person = async (): Promise<void> => {
        while (posted() < MESSAGES) {
          const path = paths[lives++ % paths.length];
          if (path !== undefined) await live(path);
          progress("messages", Math.min(posted(), MESSAGES), MESSAGES);
        }
      };
      await Promise.all(Array.from({ length: AT_A_TIME }, person));
      await delivered(testApp, trail, 120_000).catch(() => {});
      sent = await sentMessages(slack, trail);
      const { doubled, lost, overtaken } = faultsOf(sent);
      const stuck = await trail.waiting();
      report("slack", {
        what: "messages while Slack answers one call in five by 429, 500, nothing, or not after taking it",
        times: sent.filter(({ found }) => found.length > 0).length,
        seed,
        lost: lost.length,
        doubled: doubled.length,
        stuck,
        slowestMs: Math.max(...sent.map(({ ms }) => ms)),
        more: {
          bypasses: lives,
          channels: CHANNELS,
          overtaken: overtaken.length,
          "given up": sent.filter(({ failed }) => failed !== null).length,
          "most tries": Math.max(...sent.map(({ attempts }) => attempts)),
          ...faultCountsOf(slack),
        },
      });
      expect({ doubled, lost, overtaken, stuck }).toEqual({ doubled: [], lost: [], overtaken: [], stuck: 0 });
    },
    180_000 + MESSAGES * 400,
  );

  test("match the entries of each bypass and show its end", async () => {
    const { slack } = testApp;
    const entries = await trail.entries();
    for (const { found } of sent.filter(({ key }) => key === "alert")) {
      const alert = found[0]?.message;
      if (alert === undefined) throw new Error("An alert is missing.");
      const n = numberOf(alert.text);
      const channel = slack.messages(alert.channel);
      expect(channel.find(({ ts }) => ts === alert.ts)?.text).toMatch(/closed/);
      const expected = entries.filter((entry) => entry.n === n).flatMap(({ type }) => THREAD[type] ?? []);
      const thread = channel.filter((one) => one.thread_ts === alert.ts && one.ts !== alert.ts);
      const topics = thread.map(topicOf);
      expect([...topics].sort()).toEqual([...expected].sort());
      expect(topics.filter((topic) => topic !== "logged")).toEqual(["settled", "ended"]);
    }
    expect((await trail.verify()).findings).toEqual([]);
    expect(slack.violations).toEqual([]);
  }, 120_000);
});

const THREAD: Readonly<Record<string, string>> = {
  "bypass.activated": "settled",
  "bypass.closed": "ended",
  "bypass.logged": "logged",
};

/** The topic of a reply, by its mark or its text. */
function topicOf(message: Message): string {
  const { event_payload } = message.metadata ?? {};
  const id = typeof event_payload === "object" && event_payload !== null && "outbox_id" in event_payload;
  if (!id) return "unmarked";
  if (/Approved by/.test(message.text)) return "settled";
  return /[Cc]losed by/.test(message.text) ? "ended" : "logged";
}

/** Lives a bypass from its declaration to its close, as fast as people can click; waits only for the alert. */
async function live({ requester, channel }: OwnPath): Promise<void> {
  const { slack } = testApp;
  const from = slack.record.messages.length;
  const { target } = await declareWithRetry(slack, requester);
  const isAlert = ({ message: one }: { message: Message }) =>
    one.channel === channel.id && one.thread_ts === undefined && one.text.includes(`${target} `);
  const alert = await slack.until(
    () => slack.record.messages.slice(from).find(isAlert)?.message,
    `the alert about ${target}`,
    90_000,
  );
  const n = numberOf(alert.text);
  const isOver = (type: string) => async () => (await trail.entries(n)).some((entry) => entry.type === type);
  await slack.as(requester).command(`log BG-${n} restarted the pool`);
  await untilRecorded(isOver("bypass.activated"), () =>
    slack.as(LEADS[n % 2] ?? LEADS[0]).click(alert, "Approve", { stale: alert }),
  );
  await slack.as(requester).command(`log BG-${n} it is up again`);
  await untilRecorded(isOver("bypass.closed"), () => slack.as(requester).command(`close BG-${n}`));
}

/** For a machine that is too busy for Slack's three seconds and the database's two. */
const MOST_TRIES = 30;

/** Repeats an action until it is recorded, as people do when Slack shows no answer. */
async function untilRecorded(isDone: () => Promise<boolean>, press: () => Promise<unknown>): Promise<void> {
  for (let attempt = 1; attempt <= MOST_TRIES; attempt += 1) {
    await press();
    if (await isDone()) return;
  }
  throw new Error(`It was not recorded after ${MOST_TRIES} tries.`);
}
