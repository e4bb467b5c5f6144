import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { signedHeaders } from "../../demo/slack/index.js";
import { type Journey, openJourney } from "../support/journey/journey.js";

let on: Journey;
const events: string[] = [];
const write = (event: string): void => void events.push(event);
const log = { debug: () => {}, info: write, warn: write, error: write };

beforeAll(async () => {
  on = await openJourney({ overrides: { log } });
});
afterAll(() => on.close());

const logged = (event: string) => events.filter((one) => one === event);
const degraded = async () => JSON.parse((await on.get("/readyz")).body).degraded as readonly string[];

/** A request of Slack's to an app that has another signing secret. */
async function misfit(): Promise<void> {
  const body = "command=%2Fbreakglass&text=status";
  const fitting = on.slack.sign(body);
  const at = fitting["x-slack-request-timestamp"] ?? "";
  const answer = await on.slack.send(body, { ...fitting, ...signedHeaders("another app's secret", at, body) });
  expect(answer.status).toBe(401);
}

it("A signing secret that no request fits is named in /readyz and the log until one fits", async () => {
  await misfit();
  await misfit();
  await vi.waitFor(async () => expect(await degraded()).toContain("signing_secret"), {
    timeout: 10_000,
    interval: 200,
  });
  expect(logged("slack.signing_secret_in_doubt")).toHaveLength(1);

  await on.priya.types("status");
  await vi.waitFor(async () => expect(await degraded()).not.toContain("signing_secret"), {
    timeout: 10_000,
    interval: 200,
  });
  expect(logged("slack.signing_secret_fits")).toHaveLength(1);

  // From now on it is a stranger who sends such requests.
  await misfit();
  expect(logged("slack.signing_secret_in_doubt")).toHaveLength(1);
});
