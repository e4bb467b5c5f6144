import { afterAll, beforeAll, expect, test } from "vitest";
import { CAST, INCIDENTS, peopleTheWorkspace } from "../../../demo/cast.js";
import { DEMO_POLICY } from "../../../demo/policy.js";
import { createSlackDouble, type SlackDouble } from "../../../demo/slack/index.js";
import { parsePolicy } from "../../../src/domain/policy/parse.js";
import { createWebClient } from "../../../src/slack/delivery/web-client.js";
import { createMembership } from "../../../src/slack/directory/membership.js";

let slack: SlackDouble;
beforeAll(async () => {
  slack = await createSlackDouble();
  peopleTheWorkspace(slack);
  slack.channels.add({ id: "C0DIGEST", name: "digest", members: [CAST.lee], botIsMember: false });
});
afterAll(() => slack?.stop());

test("names the channels that the bot cannot post in, and no longer once it was invited", async () => {
  const parsed = parsePolicy(
    DEMO_POLICY.replace('at: "09:00", channel: "#incidents"', 'at: "09:00", channel: C0DIGEST'),
    "p",
  );
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.errors));
  let now = 0;
  const withoutBot = createMembership({
    client: createWebClient({ token: slack.botToken, apiUrl: slack.apiUrl, timeoutMs: 10_000 }),
    channelId: async (name) => (name === "#incidents" ? INCIDENTS : name),
    policy: { current: () => parsed },
    now: () => now,
  });
  expect(await withoutBot()).toEqual(["C0DIGEST"]);
  slack.channels.update("C0DIGEST", { botIsMember: true });
  slack.channels.update(INCIDENTS, { archived: true });
  now += 61_000;
  expect(await withoutBot()).toEqual(["#incidents"]);
  slack.channels.update(INCIDENTS, { archived: false });
  now += 61_000;
  // Slack away: nothing is claimed that is not known.
  await slack.faults.unreachable();
  now += 16 * 60_000;
  expect(await withoutBot()).toEqual([]);
  await slack.faults.reachable();
});
