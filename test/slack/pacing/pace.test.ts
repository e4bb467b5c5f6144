import { WebAPIRateLimitedError } from "@slack/web-api";
import { expect, test } from "vitest";
import { createPace, PutOff } from "../../../src/slack/pacing/pace.js";
import { withUrgency } from "../../../src/usecases/ports/urgency.js";
import { tallyLog } from "../../jobs/tally.js";

/** A pace on a clock that moves only when somebody sleeps. */
function steppedPace() {
  let now = 0;
  const { log, lines } = tallyLog();
  const around = createPace({
    paced: true,
    log,
    now: () => now,
    sleep: async (ms) => {
      now += ms;
    },
  });
  const times: number[] = [];
  const post = (channel = "C1") =>
    around({ method: "chat.postMessage", channel }, async () => {
      times.push(now);
    });
  const logged = () => lines.seen.map(({ event }) => event);
  return { around, post, times, logged, now: () => now };
}

test("a message to the channel waits in place for the second between two posts", async () => {
  const { post, times } = steppedPace();
  await withUrgency("channel", async () => {
    await post();
    await post();
  });
  expect(times).toEqual([0, 1_050]);
});

test("a direct message is put off instead, with the time to come back, and nothing is sent", async () => {
  const { post, times } = steppedPace();
  await withUrgency("direct", async () => {
    await post("D1");
    await expect(post("D1")).rejects.toBeInstanceOf(PutOff);
    await expect(post("D1")).rejects.toMatchObject({ retryAfter: expect.closeTo(1.55, 1) });
  });
  expect(times).toEqual([0]);
});

test("a click is told at once when its wait would be too long", async () => {
  const { around, now } = steppedPace();
  const lookUp = (perform: () => Promise<void>) => around({ method: "users.info", channel: null }, perform);
  await expect(lookUp(() => Promise.reject(new WebAPIRateLimitedError(30)))).rejects.toMatchObject({ retryAfter: 30 });
  await expect(lookUp(async () => {})).rejects.toBeInstanceOf(PutOff);
  expect(now()).toBe(0);
});

test("a refusal is logged once for the method, however many calls were in flight", async () => {
  const { around, logged } = steppedPace();
  const refused = () =>
    around({ method: "users.info", channel: null }, () => Promise.reject(new WebAPIRateLimitedError(30)));
  await Promise.allSettled([refused(), refused(), refused()]);
  expect(logged()).toEqual(["slack.rate_limited"]);
});

test("work that is started under an urgency keeps it, and work beside it is not affected", async () => {
  const { post } = steppedPace();
  await post();
  const [inside, outside] = await Promise.allSettled([withUrgency("upkeep", () => post()), post("C2")]);
  expect([inside.status, outside.status]).toEqual(["rejected", "fulfilled"]);
});
