import { CAST, INCIDENTS } from "../../../demo/cast.js";
import type { Message } from "../../../demo/slack/index.js";
import { declared, delivered } from "../../support/reliability/people.js";
import { openTrail } from "../../support/reliability/trail.js";
import { openTestApp } from "../../support/test-app.js";

export const FORM = { "content-type": "application/x-www-form-urlencoded" };

/** Seconds since 1970, as in Slack's timestamp header. */
export const now = () => Math.floor(Date.now() / 1000);

/** A test app with one requested bypass, and helpers that send what Slack would not. */
export async function openLoadHarness() {
  const testApp = await openTestApp();
  const { slack } = testApp;
  const trail = openTrail(testApp.database.adminUrl);
  const { n, message: alert }: { n: number; message: Message } = await declared(slack);
  await delivered(testApp, trail);
  const identity = /"BG-\d+@\d+#([0-9a-f]{24})"/.exec(JSON.stringify(alert.blocks))?.[1];
  return {
    testApp,
    trail,
    /** The number of the requested bypass. */
    n,
    alert,
    /** The hash in the values of its buttons. */
    identity,
    /** The number of entries, once nothing is in flight. */
    length: async (): Promise<number> => {
      await delivered(testApp, trail);
      return trail.length();
    },
    /** The body of Dana's click on Approve, as Slack sends it. */
    press: (over: object = {}, action: object = {}): string => {
      const payload = {
        type: "block_actions",
        user: { id: CAST.dana },
        team: { id: slack.teamId },
        trigger_id: `${now()}.${Math.random()}`,
        channel: { id: INCIDENTS, name: "incidents" },
        container: { type: "message", message_ts: alert.ts, channel_id: INCIDENTS },
        actions: [
          { type: "button", action_id: "bypass_approve", block_id: "b", value: `BG-${n}@1#${identity}`, ...action },
        ],
        ...over,
      };
      return new URLSearchParams({ payload: JSON.stringify(payload) }).toString();
    },
    signed: (body: string, at = now()) => ({ ...FORM, ...slack.sign(body, at) }),
    /** The ephemeral text that a person got since then. */
    wordsTo: (user: string, since: number) =>
      slack.until(() => slack.ephemerals(user).slice(since).at(-1)?.text, `words to ${user}`, 5_000),
    close: async (): Promise<void> => {
      await trail.close();
      await testApp.close();
    },
  };
}

export type LoadHarness = Awaited<ReturnType<typeof openLoadHarness>>;
