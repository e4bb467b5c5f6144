/** A message in Slack that shows a position of the trail. */
export interface PublishedMark {
  readonly channel: string;
  /** When it was posted, by Slack's clock. */
  readonly postedAt: Date;
  readonly seq: number;
  /** 24 hex digits of the hash at `seq`. */
  readonly head: string;
  /** The outbox row that it came from. */
  readonly outboxId: string;
}

/** What this bot has published where nobody who restores a database can change it. */
export interface Published {
  /** The newest messages of the bot in each of these channels, given by id or `#name`; `null` while Slack does not say. */
  recent(channels: readonly string[]): Promise<readonly PublishedMark[] | null>;
}
