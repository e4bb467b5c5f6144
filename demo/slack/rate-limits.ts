/** Calls per minute of Slack's tiers, for the methods of the double. */
const perMinute: Readonly<Record<string, number>> = {
  "usergroups.list": 20,
  "usergroups.users.list": 20,
  "conversations.list": 20,
  "users.conversations": 50,
  "chat.update": 50,
  "chat.delete": 50,
  "conversations.open": 50,
  "conversations.info": 50,
  "conversations.history": 50,
  "conversations.replies": 50,
  "team.info": 50,
  "users.info": 100,
  "conversations.members": 100,
  "views.open": 100,
  "views.push": 100,
  "views.update": 100,
  "views.publish": 100,
  "chat.postEphemeral": 100,
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
    if (method === "chat.postMessage") return this.#take(`post:${channel}`, 1, 1_000);
    const limit = perMinute[method];
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
