/** Work that is done every few seconds is done for certain once the bot has worked for that long. */
const CERTAIN_AFTER_MS = 15 * 60_000;
/** Without an entry for longer than this, the bot or its database may have stood still. */
const QUIET_MS = 5 * 60_000;

/** Since when the trail shows the bot at work. Times are epoch milliseconds. */
export interface Uptime {
  entry(type: string, at: number): void;
  /** Whether the bot has worked without a break from that time, or later, until now, for long enough. */
  since(from: number): boolean;
}

/**
 * Follows when the bot was at work, by its entries alone: what it did not do while it stood still, or had just started,
 * was not neglected.
 */
export function createUptime(): Uptime {
  let begun = 0;
  let newest = 0;
  return {
    entry: (type, at) => {
      if (type === "bot.started" || at > newest + QUIET_MS || at < newest - QUIET_MS) begun = at;
      newest = at;
    },
    since: (from) => newest - Math.max(begun, from) >= CERTAIN_AFTER_MS,
  };
}
