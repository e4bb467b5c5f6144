import { CAST, INCIDENTS } from "../../../demo/cast.js";
import type { Message } from "../../../demo/slack/index.js";
import { declared, delivered } from "../../support/reliability/people.js";
import { openTrail } from "../../support/reliability/trail.js";
import { openTestApp } from "../../support/test-app.js";

export const FORM = { "content-type": "application/x-www-form-urlencoded" };

/** Seconds since 1970, as Slack dates its requests. */
export const now = () => Math.floor(Date.now() / 1000);

/** A testApp with one bypass that waits for an ack, and the means to send it what Slack would not. */
export async function openLoadHarness() {
  const testApp = await openTestApp();
  const { slack } = testApp;
  const trail = openTrail(testApp.database.adminUrl);
  const { n, message: alert }: { n: number; message: Message } = await declared(slack);
  await delivered(testApp, trail);
  return {
    testApp,
    trail,
    /** The bypass that waits, and its alert. */
    n,
    alert,
    /** Entries in the trail, once nothing is on its way any more. */
    length: async (): Promise<number> => {
      await delivered(testApp, trail);
      return trail.length();
    },
    /** A press of Approve by Dana, as Slack would send it. */
    press: (over: object = {}, action: object = {}): string => {
      const payload = {
        type: "block_actions",
        user: { id: CAST.dana },
        team: { id: slack.teamId },
        trigger_id: `${now()}.${Math.random()}`,
        channel: { id: INCIDENTS, name: "incidents" },
        container: { type: "message", message_ts: alert.ts, channel_id: INCIDENTS },
        actions: [{ type: "button", action_id: "bypass_approve", block_id: "b", value: `BG-${n}@1`, ...action }],
        ...over,
      };
      return new URLSearchParams({ payload: JSON.stringify(payload) }).toString();
    },
    signed: (body: string, at = now()) => ({ ...FORM, ...slack.sign(body, at) }),
    /** What a person was told alone since then. */
    wordsTo: (user: string, since: number) =>
      slack.until(() => slack.ephemerals(user).slice(since).at(-1)?.text, `words to ${user}`, 5_000),
    close: async (): Promise<void> => {
      await trail.close();
      await testApp.close();
    },
  };
}

export type LoadHarness = Awaited<ReturnType<typeof openLoadHarness>>;
