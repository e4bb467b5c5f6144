import { type Logger, LogLevel, WebClient, type WebClientOptions } from "@slack/web-api";
import type { AroundCall } from "../pacing/pace.js";

export interface WebClientSettings {
  readonly token: string;
  /** Base URL such as `http://127.0.0.1:4991/api/`. Default: Slack's. */
  readonly apiUrl?: string;
  /** Timeout of a call, in milliseconds. A post that takes longer counts as ambiguous. */
  readonly timeoutMs: number;
  /** Runs around every call; see `createPace`. Default: calls are made as they come. */
  readonly around?: AroundCall;
}

/**
 * A client that tries each call once and reports a rate limit at once. Retries of its own would post a message twice when
 * an answer is lost; the outbox retries instead, and first looks for the message.
 */
export function createWebClient({ token, apiUrl, timeoutMs, around }: WebClientSettings): WebClient {
  const options: WebClientOptions = {
    ...(apiUrl === undefined ? {} : { slackApiUrl: apiUrl }),
    retryConfig: { retries: 0 },
    timeout: timeoutMs,
    rejectRateLimitedCalls: true,
    logger: silent(),
  };
  return around === undefined ? new WebClient(token, options) : new WrappedClient(token, options, around);
}

/** A client whose every call goes through `around`: all of its methods make theirs by `apiCall`. */
class WrappedClient extends WebClient {
  readonly #around: AroundCall;

  constructor(token: string, options: WebClientOptions, around: AroundCall) {
    super(token, options);
    this.#around = around;
  }

  override apiCall(method: string, options: Record<string, unknown> = {}): ReturnType<WebClient["apiCall"]> {
    const channel = typeof options.channel === "string" ? options.channel : null;
    return this.#around({ method, channel }, () => super.apiCall(method, options));
  }
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
