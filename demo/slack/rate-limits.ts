/**
 * Calls per minute of Slack's tiers, which count per method, workspace and app
 * (https://docs.slack.dev/apis/web-api/rate-limits). A method's tier stands on its page under
 * https://docs.slack.dev/reference/methods; these are also in Slack's Java SDK, in
 * `slack-api-client/src/main/java/com/slack/api/methods/MethodsRateLimits.java`.
 */
export const PER_MINUTE: Readonly<Record<string, number>> = {
  // Tier 1
  "apps.connections.open": 1,
  // Tier 2
  "usergroups.list": 20,
  "usergroups.users.list": 20,
  "conversations.list": 20,
  "users.list": 20,
  // Tier 3
  "users.conversations": 50,
  "chat.update": 50,
  "chat.delete": 50,
  "conversations.open": 50,
  "conversations.info": 50,
  "conversations.history": 50,
  "conversations.replies": 50,
  "team.info": 50,
  "users.lookupByEmail": 50,
  // Tier 4
  "api.test": 100,
  "users.info": 100,
  "conversations.members": 100,
  "views.open": 100,
  "views.push": 100,
  "views.update": 100,
  "views.publish": 100,
  "chat.postEphemeral": 100,
  "files.getUploadURLExternal": 100,
  "files.completeUploadExternal": 100,
  // Special: "hundreds of requests per minute".
  "auth.test": 300,
  // Special: "several hundred messages per minute" in a workspace, besides one per second and channel.
  "chat.postMessage": 300,
};

/** Slack's published rates, as sliding windows: calls per minute by method, and one post per second and channel. */
export class RateLimits {
  readonly #seen = new Map<string, number[]>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Seconds to wait when the call comes too soon; undefined when it passes, and then it counts. */
  tooSoon(method: string, channel: string): number | undefined {
    const post = method === "chat.postMessage" ? this.#take(`post:${channel}`, 1, 1_000) : undefined;
    if (post !== undefined) return post;
    const limit = PER_MINUTE[method];
    return limit === undefined ? undefined : this.#take(method, limit, 60_000);
  }

  #take(key: string, limit: number, windowMs: number): number | undefined {
    const now = this.#now();
    const recent = (this.#seen.get(key) ?? []).filter((at) => now - at < windowMs);
    this.#seen.set(key, recent);
    const oldest = recent[0];
    if (recent.length >= limit && oldest !== undefined) return Math.max(1, Math.ceil((oldest + windowMs - now) / 1000));
    recent.push(now);
    return undefined;
  }
}
