import type { TrailEvent } from "../../events/catalogue/catalogue.js";

/** The deliveries of which an entry says that they failed. */
export interface WebhookFailures {
  entry(event: TrailEvent, at: string): void;
  ofVersion(webhook: string, n: number, version: number): boolean;
  ofSeq(webhook: string, seq: number): boolean;
  /**
   * Whether the entries so far certainly hold what a row says of that time: the bot may keep writing while the trail is
   * read, and a row that was finished after the last entry may have its entry behind it.
   */
  covers(moment: string | null): boolean;
}

/** Creates a record without a failure. */
export function createWebhookFailures(): WebhookFailures {
  const failed = new Set<string>();
  let lastAt = Number.NEGATIVE_INFINITY;
  const byVersion = (webhook: string, n: number | null, version: number | null) => `${webhook} ${n}/${version}`;
  const bySeq = (webhook: string, seq: number) => `${webhook} #${seq}`;
  return {
    entry: (event, at) => {
      lastAt = Math.max(lastAt, Date.parse(at));
      if (event.type !== "webhook.failed") return;
      failed.add(byVersion(event.webhook, event.ofBypass, event.ofVersion));
      failed.add(bySeq(event.webhook, event.seq));
    },
    ofVersion: (webhook, n, version) => failed.has(byVersion(webhook, n, version)),
    ofSeq: (webhook, seq) => failed.has(bySeq(webhook, seq)),
    covers: (moment) => moment !== null && Date.parse(moment) <= lastAt,
  };
}
