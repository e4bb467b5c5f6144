import { createSlackDouble, type DoubleOptions, type SlackDouble } from "../../demo/slack/index.js";
import { createWebClient } from "../../src/slack/delivery/web-client.js";
import { createDirectory, type SlackDirectory } from "../../src/slack/directory/directory.js";
import { DANA, LEE, PRIYA } from "./messages/fixtures.js";

/** A clock that moves only on `advance`, in milliseconds. */
export function manualClock(start = Date.parse("2026-06-22T14:00:00.000Z")) {
  let ms = start;
  return {
    now: () => ms,
    advance: (by: number) => {
      ms += by;
    },
  };
}

/** A Slack double with the people, groups and channels of the fixtures, and a directory that reads it. */
export async function incidentWorkspace(options: DoubleOptions = {}) {
  const slack = await createSlackDouble(options);
  slack.people.add({ id: PRIYA, name: "priya" });
  slack.people.add({ id: DANA, name: "dana" });
  slack.people.add({ id: LEE, name: "lee" });
  slack.groups.add("S0ONCALL", "oncall", [PRIYA]);
  slack.groups.add("S0LEADS", "leads", [DANA, LEE]);
  slack.channels.add({ id: "C0INC", name: "incidents", members: [PRIYA, DANA, LEE] });
  const clock = manualClock();
  return { slack, clock, directory: directoryOf(slack, clock.now) };
}

export function directoryOf(slack: SlackDouble, now: () => number, timeoutMs = 1500): SlackDirectory {
  return createDirectory({ client: createWebClient({ token: slack.botToken, apiUrl: slack.apiUrl, timeoutMs }), now });
}
