import { afterAll, beforeAll, test } from "vitest";
import { INCIDENTS } from "../../demo/cast.js";
import { createSlackDouble, type SlackDouble } from "../../demo/slack/index.js";
import { installProgram, type Program } from "../support/reliability/program.js";
import { PEOPLE, peopleTheBench, personOf, type Running, startBare, startBot, stopAll } from "./support/bots.js";
import { report } from "./support/figures.js";
import { paced } from "./support/pace.js";
import { type Arm, alternate, ms, pooled, type Turn, times } from "./support/rounds.js";
import { rounds, sizeOf } from "./support/sizes.js";

const PART = "slash";
const PER_SECOND = sizeOf("SLASH_PER_SECOND", 50);
const COUNT = sizeOf("SLASH", 150);

let slack: SlackDouble;
let program: Program;
let bot: Running;
let bare: Running;

beforeAll(async () => {
  [slack, program] = await Promise.all([createSlackDouble(), installProgram()]);
  peopleTheBench(slack);
  bare = await startBare(program, slack);
  bot = await startBot(program, slack);
});

afterAll(async () => {
  await stopAll([bot, bare]);
  await program?.dispose();
  await slack?.stop();
});

let failed = 0;

/** Sends commands at a steady pace, each by another person, and measures the time to the 200. */
const typed = (to: () => Running, text: string) => async (): Promise<Turn> => {
  slack.connect({ eventsUrl: to().url });
  const turn = await paced(COUNT, PER_SECOND, async (index) => {
    const answer = await slack.as(personOf(index)).command(text, { channel: INCIDENTS });
    if (answer.error !== undefined || answer.status !== 200) failed += 1;
    return performance.now();
  });
  await slack.settled(50);
  for (const user of PEOPLE) while (slack.view(user) !== undefined) await slack.as(user).cancel();
  slack.record.clear();
  return turn;
};

test("slash command to 200, beside a bare Bolt app that only acknowledges", async () => {
  const arms = await alternate(PART, rounds(5), {
    bare: typed(() => bare, ""),
    help: typed(() => bot, "help"),
    form: typed(() => bot, ""),
    "bare again": typed(() => bare, ""),
  });
  const floor = pooled(arms.bare, arms["bare again"]);
  const noise = `p50 ${times(arms["bare again"].p50 / arms.bare.p50)}, p99 ${times(arms["bare again"].p99 / arms.bare.p99)}`;
  const line = async (what: string, arm: Arm, bound: string): Promise<void> => {
    const [p50, p99] = [arm.p50 / floor.p50, arm.p99 / floor.p99];
    await report({
      part: PART,
      what,
      target: "≤ 1.5 × bare at p50, ≤ 2 × at p99",
      measured: `p50 ${ms(arm.p50)} (${times(p50)} of ${ms(floor.p50)}), p99 ${ms(arm.p99)} (${times(p99)} of ${ms(floor.p99)})`,
      noise: failed === 0 ? noise : `${noise}; ${failed} requests failed`,
      verdict: p50 <= 1.5 && p99 <= 2 ? "held" : "missed",
      bound,
    });
  };
  await line("/breakglass help → 200", arms.help, "Bolt's dispatch and the HTTP server, the same as the floor's");
  await line(
    "/breakglass → 200, the form open",
    arms.form,
    "the call views.open, which is awaited so that the answer can say when Slack did not open the form",
  );
});
