import { type Logger, LogLevel, WebClient } from "@slack/web-api";
import type { Fetch } from "../../lib/outbound.js";

export interface WebClientSettings {
  readonly token: string;
  /** Base URL such as `http://127.0.0.1:4991/api/`. Default: Slack's. */
  readonly apiUrl?: string;
  /** Timeout of a call, in milliseconds. A post that takes longer counts as ambiguous. */
  readonly timeoutMs: number;
  /** Default: the standard one, which knows no proxy. */
  readonly fetch?: Fetch;
}

/**
 * A client that tries each call once and reports a rate limit at once. Retries of its own would post a message twice when
 * an answer is lost; the outbox retries instead, and first looks for the message.
 */
export function createWebClient({ token, apiUrl, timeoutMs, fetch }: WebClientSettings): WebClient {
  return new WebClient(token, {
    ...(apiUrl === undefined ? {} : { slackApiUrl: apiUrl }),
    ...(fetch === undefined ? {} : { fetch }),
    retryConfig: { retries: 0 },
    timeout: timeoutMs,
    rejectRateLimitedCalls: true,
    logger: silent(),
  });
}

/** Discards the client's log lines: they contain request bodies, which hold people's texts. Failures are thrown. */
function silent(): Logger {
  const nothing = (): void => {};
  return {
    debug: nothing,
    info: nothing,
    warn: nothing,
    error: nothing,
    setLevel: nothing,
    getLevel: () => LogLevel.ERROR,
    setName: nothing,
  };
}
