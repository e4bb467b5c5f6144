import { type Logger, LogLevel, WebClient } from "@slack/web-api";

export interface WebClientSettings {
  readonly token: string;
  /** Base such as `http://127.0.0.1:4991/api/`; Slack's own when it is left out. */
  readonly apiUrl?: string;
  /** How long a call may take, in milliseconds. A post that takes longer counts as ambiguous. */
  readonly timeoutMs: number;
}

/**
 * A client that tries each call once and reports a rate limit at once. Its own retries would post a message twice when the
 * answer is lost; the outbox retries instead, and reads back first.
 */
export function createWebClient({ token, apiUrl, timeoutMs }: WebClientSettings): WebClient {
  return new WebClient(token, {
    ...(apiUrl === undefined ? {} : { slackApiUrl: apiUrl }),
    retryConfig: { retries: 0 },
    timeout: timeoutMs,
    rejectRateLimitedCalls: true,
    logger: silent(),
  });
}

/** The client's log lines carry call bodies, which hold people's reasons. Failures reach us as exceptions. */
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
