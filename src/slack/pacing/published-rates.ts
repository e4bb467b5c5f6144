/** At most `calls` in any `ms` milliseconds. */
export interface Rate {
  readonly calls: number;
  readonly ms: number;
}

const MINUTE = 60_000;

/** https://docs.slack.dev/apis/web-api/rate-limits: a tier counts per method and workspace. */
const TIER_1: Rate = { calls: 1, ms: MINUTE };
const TIER_2: Rate = { calls: 20, ms: MINUTE };
const TIER_3: Rate = { calls: 50, ms: MINUTE };
const TIER_4: Rate = { calls: 100, ms: MINUTE };

/** The tier of each method that Breakglass calls, from the method's reference page (docs.slack.dev/reference/methods). */
export const RATES: ReadonlyMap<string, Rate> = new Map([
  ["conversations.list", TIER_2],
  ["usergroups.users.list", TIER_2],
  ["usergroups.list", TIER_2],
  ["users.list", TIER_2],
  ["users.conversations", TIER_3],
  ["chat.update", TIER_3],
  ["chat.delete", TIER_3],
  ["conversations.open", TIER_3],
  ["conversations.info", TIER_3],
  ["conversations.history", TIER_3],
  ["conversations.replies", TIER_3],
  ["users.info", TIER_4],
  ["chat.postEphemeral", TIER_4],
  ["views.open", TIER_4],
  ["views.update", TIER_4],
  ["views.publish", TIER_4],
  ["files.getUploadURLExternal", TIER_4],
  ["files.completeUploadExternal", TIER_4],
  // Made by the client of Socket Mode, which waits after a refusal instead of before a call.
  ["apps.connections.open", TIER_1],
  // A special tier: "hundreds of requests per minute".
  ["auth.test", { calls: 200, ms: MINUTE }],
  // A special tier: "several hundred messages per minute" in a workspace, besides the rate of each channel.
  ["chat.postMessage", { calls: 200, ms: MINUTE }],
]);

/** "One message per second per channel." Short bursts are tolerated, but may not be shown, so there are none. */
const POSTS_TO_A_CHANNEL: Rate = { calls: 1, ms: 1_000 };

/** Slack's rate of a method in a workspace; `null` for one that Breakglass does not call. */
export const rateOf = (method: string): Rate | null => RATES.get(method) ?? null;

/** Slack's rate of a method in one channel; `null` where the channel does not matter. */
export const channelRateOf = (method: string): Rate | null =>
  method === "chat.postMessage" ? POSTS_TO_A_CHANNEL : null;
