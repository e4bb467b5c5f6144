import { CAST, INCIDENTS } from "../../../demo/cast.js";
import type { ApiCall, Message, SlackDouble } from "../../../demo/slack/index.js";
import { openTestApp, type TestApp } from "../test-app.js";
import { openTrail, type Trail } from "./trail.js";

/** A bot in a workspace that keeps Slack's published rates, whose approvers are a user group of this size. */
export interface LargeGroup {
  readonly testApp: TestApp;
  readonly trail: Trail;
  readonly members: readonly string[];
  /** The members who have got a direct message. */
  asked(): readonly string[];
  close(): Promise<void>;
}

export async function openLargeGroup(size: number): Promise<LargeGroup> {
  const testApp = await openTestApp({ double: { rateLimits: true } });
  const { slack } = testApp;
  const members = Array.from({ length: size }, (_, place) => `U0LEAD${String(place).padStart(5, "0")}`);
  for (const id of members) slack.people.add({ id, name: id.toLowerCase() });
  slack.groups.set("S0LEADS", members);
  const trail = openTrail(testApp.database.adminUrl);
  // What was read at the start is no longer fresh, and no longer counts in the rates.
  await testApp.advance(61_000);
  await slack.settled();
  slack.record.clear();
  const isMember = new Set(members);
  const personOf = new Map<string, string>();
  return {
    testApp,
    trail,
    members,
    asked: () => {
      for (const { method, args, response } of slack.record.calls) {
        const channel = response.channel;
        if (method === "conversations.open" && typeof args.users === "string" && isChannel(channel))
          personOf.set(channel.id, args.users);
      }
      const people = slack.record.messages.flatMap(({ message }) => personOf.get(message.channel) ?? []);
      return [...new Set(people)].filter((id) => isMember.has(id));
    },
    close: async () => {
      await trail.close();
      await testApp.close();
    },
  };
}

const isChannel = (value: unknown): value is { readonly id: string } =>
  typeof value === "object" && value !== null && "id" in value && typeof value.id === "string";

/** The alert in #incidents, if it is posted. */
export const alertIn = (slack: SlackDouble): Message | undefined =>
  slack.messages(INCIDENTS).find((one) => one.thread_ts === undefined && one.text.includes("BG-"));

/** The reply that says who approved, if it is posted. */
export const approvalIn = (slack: SlackDouble): Message | undefined =>
  slack.messages(INCIDENTS).find((one) => one.thread_ts !== undefined && /Approved by/.test(one.text));

/** Calls that Slack refused for their rate. */
export const refusalsOf = (slack: SlackDouble): readonly ApiCall[] =>
  slack.record.calls.filter(({ status }) => status === 429);

/** `chat.update 24, users.info 34`: the calls of each method, refused ones in brackets. */
export function callsByMethod(slack: SlackDouble): string {
  const methods = [...new Set(slack.record.calls.map(({ method }) => method))].sort();
  const count = (method: string, refused: boolean) =>
    slack.record.calls.filter((call) => call.method === method && (!refused || call.status === 429)).length;
  return methods.map((method) => `${method} ${count(method, false)} (${count(method, true)})`).join(", ");
}

/** The account that declares. */
export const REQUESTER = CAST.priya;
